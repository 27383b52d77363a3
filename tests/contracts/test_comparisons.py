"""Who compares what fires here with what an Alertmanager lists, and what does."""

from router.core.model.alert import AlertId
from router.core.model.alert_state import LastShown, ShownState
from router.core.model.changed import replace
from router.core.model.instant import SECOND, Span
from router.core.model.registers import Registers
from router.core.model.rules.names import ReceiverName
from router.ports.comparison import Occasion
from tests.adapters.builders import ACME, BETA, NOON, after, an_alert_state, key_of
from tests.contracts.shelf import Shelf
from tests.contracts.test_groups import firing


async def test_one_leads_for_a_tenant_on_an_occasion_until_its_time_is_over(shelf: Shelf) -> None:
    lead, span = shelf.engine.comparisons.lead, Span(SECOND)
    assert await lead(ACME, Occasion.EACH_MINUTE, span)
    assert not await lead(ACME, Occasion.EACH_MINUTE, span)
    assert await lead(ACME, Occasion.NEWS, span)
    assert await lead(BETA, Occasion.EACH_MINUTE, span)
    await shelf.engine.eventually(lambda: lead(ACME, Occasion.EACH_MINUTE, span))


async def test_what_fires_at_the_receivers_is_known_by_group(shelf: Shelf) -> None:
    first = await shelf.put(firing("A", "x", "y"))
    await shelf.put(firing("B", "x"))
    receiver, (a, b) = key_of().receiver, (key_of("A").group_id, key_of("B").group_id)

    assert await shelf.engine.comparisons.firing(ACME, [receiver]) == {a: ["x", "y"], b: ["x"]}
    assert await shelf.engine.comparisons.firing(ACME, [ReceiverName("other")]) == {}
    assert await shelf.engine.comparisons.firing(BETA, [receiver]) == {}

    ended = an_alert_state(registers=Registers(start=NOON, end=after(1), seen_firing=NOON, seen_resolved=after(1)))
    await shelf.put(replace(first, alerts={**first.alerts, AlertId("y"): ended}))
    assert await shelf.engine.comparisons.firing(ACME, [receiver]) == {a: ["x"], b: ["x"]}


async def test_what_its_sender_leaves_out_is_still_among_what_fires(shelf: Shelf) -> None:
    first = await shelf.put(firing("A", "x"))
    alert = first.alerts[AlertId("x")]
    hidden = replace(alert, last_shown=LastShown(ShownState.UNREPORTED, alert.registers))
    await shelf.put(replace(first, alerts={AlertId("x"): hidden}, unreported=1, firing=0))

    found = await shelf.engine.comparisons.firing(ACME, [key_of().receiver])
    assert found == {key_of("A").group_id: ["x"]}


async def test_all_of_very_many_that_fire_are_known(shelf: Shelf) -> None:
    names = sorted(f"a{number}" for number in range(2_500))
    await shelf.put(firing("A", *names))
    found = await shelf.engine.comparisons.firing(ACME, [key_of().receiver])
    assert found == {key_of("A").group_id: names}
