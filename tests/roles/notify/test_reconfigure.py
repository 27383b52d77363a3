"""New configurations: live groups are brought up to them at once, or later by whoever finds them behind."""

import pytest
from structlog.testing import capture_logs

from router.core.model.alert import TenantId
from router.core.slack.answer import ChannelDead
from router.errors import UnavailableError
from router.observe.problems import TenantProblem
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import ELSEWHERE, OTHER_CHANNEL, a_document, a_record, a_resolve, an_alert, key_of
from tests.roles.worker import Site, Worker, a_site, a_worker

NOWHERE = a_document(channel="")
THERE = key_of(receiver="elsewhere", path=("{}", '{alertname=~".+"}'))


async def apply(worker: Worker, document: str = ELSEWHERE) -> None:
    """A new configuration that this worker has noticed."""
    await worker.site.tenants.publish(ACME, document)
    await worker.tenants.load()


async def routed(site: Site) -> int:
    [version] = await site.marks.routed([ACME])
    assert version is not None
    return version


async def test_what_is_live_moves_at_once_and_that_is_noted(site: Site, worker: Worker) -> None:
    await worker.show()
    await apply(worker)

    await worker.reconfiguration.configuration_changed(ACME)

    assert site.group(THERE).firing == 1
    assert site.group().firing == 0
    assert await routed(site) == 2
    assert (await site.turns.take(site.clock.time))[0] == ACME


async def test_what_was_parked_is_tried_at_once(site: Site, worker: Worker) -> None:
    site.slack.script.append(ChannelDead("is_archived"))
    await worker.show()
    await apply(worker, a_document(channel=OTHER_CHANNEL))

    await worker.reconfiguration.configuration_changed(ACME)
    await worker.settle_down()

    assert site.slack.only.text == "A firing"


async def test_a_dead_channel_that_no_receiver_names_any_more_is_no_problem(site: Site, worker: Worker) -> None:
    site.slack.script.append(ChannelDead("is_archived"))
    await worker.show()
    assert set(worker.metrics.problems.lasting(TenantProblem.CHANNEL_DEAD)) == {ACME}
    await apply(worker, a_document(channel=OTHER_CHANNEL))

    await worker.reconfiguration.configuration_changed(ACME)

    assert not worker.metrics.problems.lasting(TenantProblem.CHANNEL_DEAD)


async def test_a_dead_channel_that_a_receiver_still_names_stays_one(site: Site, worker: Worker) -> None:
    site.slack.script.append(ChannelDead("is_archived"))
    await worker.show()
    await apply(worker, ELSEWHERE)

    await worker.reconfiguration.configuration_changed(ACME)

    assert set(worker.metrics.problems.lasting(TenantProblem.CHANNEL_DEAD)) == {ACME}


async def test_what_went_nowhere_is_shown_once_its_receiver_has_a_channel(site: Site, worker: Worker) -> None:
    await apply(worker, NOWHERE)
    await worker.show()
    assert (site.group().firing, site.slack.messages) == (1, {})
    assert (await site.books.read(ACME))["suppressed:no_destination"] == 1
    assert worker.metrics.suppressed.labels(reason="no_destination")._value.get() == 1

    await apply(worker, a_document())
    await worker.reconfiguration.configuration_changed(ACME)
    await worker.settle_down()

    assert site.slack.only.text == "A firing"


async def test_a_message_of_a_receiver_that_loses_its_channel_is_kept_true(site: Site, worker: Worker) -> None:
    await worker.show()
    await apply(worker, NOWHERE)
    await worker.reconfiguration.configuration_changed(ACME)

    site.pass_time(60)
    await worker.take(a_record(a_resolve(ended=site.clock.time), received=site.clock.time))
    await worker.settle_down()

    assert site.slack.only.text == "A resolved"


async def test_a_tenant_that_has_nothing_live_is_noted_too(site: Site, worker: Worker) -> None:
    await worker.reconfiguration.configuration_changed(ACME)

    assert await routed(site) == 1


async def test_a_tenant_that_is_not_known_is_left_alone(site: Site, worker: Worker) -> None:
    await worker.reconfiguration.configuration_changed(TenantId("nobody"))

    assert site.store.turns == {}


@pytest.mark.parametrize("method", ["live", "load", "load_parts", "apply", "note_routed", "offer"])
async def test_an_engine_that_is_away_is_not_hidden_and_it_can_be_done_again(
    site: Site, worker: Worker, method: str
) -> None:
    await worker.show()
    await apply(worker)
    for port in (site.schedule, site.groups, site.marks, site.turns):
        if hasattr(port, method):
            port.faults.refuse(method)
    with pytest.raises(UnavailableError):
        await worker.reconfiguration.configuration_changed(ACME)
    assert await routed(site) == (2 if method == "offer" else 0)

    await worker.reconfiguration.configuration_changed(ACME)

    assert (site.group(THERE).firing, site.group().firing, await routed(site)) == (1, 0, 2)


async def test_an_error_of_ours_is_logged_and_not_noted_as_done(site: Site, worker: Worker) -> None:
    await worker.show()
    await apply(worker)
    site.schedule.faults.fail("live", ZeroDivisionError())

    with capture_logs() as logs:
        await worker.reconfiguration.configuration_changed(ACME)

    assert "reconfiguration_failed" in [one["event"] for one in logs]
    assert await routed(site) == 0
    assert (await site.turns.take(site.clock.time))[0] == ACME


async def test_what_a_worker_left_behind_when_it_died_another_one_finishes(site: Site, worker: Worker) -> None:
    await worker.show()
    await apply(worker)
    other = await a_worker(site)

    await other.sweep._sweep()

    assert (site.group(THERE).firing, await routed(site)) == (1, 2)
    site.schedule.faults.asked.clear()
    await other.sweep._sweep()
    assert site.schedule.faults.asked["live"] == 0, "what was finished is not done again"


async def two_with_alerts() -> tuple[Site, Worker]:
    """Two tenants, of whom each has an alert that fires."""
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    for tenant in (ACME, BETA):
        await worker.take(a_record(an_alert(), tenant=tenant))
    return site, worker


async def test_who_has_nothing_that_is_live_is_not_routed_again() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)

    await worker.sweep._sweep()

    assert site.schedule.faults.asked["live"] == 0


async def test_only_tenants_that_are_behind_are_brought_up() -> None:
    site, worker = await two_with_alerts()
    await worker.sweep._sweep()
    site.schedule.faults.asked.clear()
    await apply(worker)

    await worker.sweep._sweep()

    assert site.schedule.faults.asked["live"] == 1
    assert await site.marks.routed([ACME, BETA]) == [2, 1]


async def test_one_tenants_error_keeps_no_other_tenant_behind() -> None:
    site, worker = await two_with_alerts()
    site.schedule.faults.fail("live", ZeroDivisionError())

    await worker.sweep._sweep()

    assert set(await site.marks.routed([ACME, BETA])) == {0, 1}


async def test_a_tenant_whose_part_of_redis_is_away_keeps_no_other_tenant_behind() -> None:
    site, worker = await two_with_alerts()
    site.schedule.faults.refuse("live")

    await worker.sweep._sweep()

    assert await site.marks.routed([ACME, BETA]) == [0, 1]
    await worker.sweep._sweep()
    assert await site.marks.routed([ACME, BETA]) == [1, 1]


async def test_without_tenants_there_is_nothing_to_finish() -> None:
    site = Site()
    worker = Worker(site)

    await worker.sweep._sweep()

    assert site.leftovers.faults.asked["of"] == 0


async def test_a_call_that_is_settled_meanwhile_leaves_no_message_behind(site: Site, worker: Worker) -> None:
    """It rests for hours then, so nobody else would look at it."""
    delivery = await worker.claim()
    await apply(worker)
    site.groups.faults.just_before("apply", lambda: None)  # it arrives
    site.groups.faults.just_before("apply", lambda: worker.make(delivery))
    await worker.reconfiguration.configuration_changed(ACME)
    assert site.group().firing == 1
    assert await routed(site) == 0, "it is not done"

    await worker.sweep._sweep()

    assert (site.group().firing, site.group(THERE).firing, await routed(site)) == (0, 1, 2)


async def test_what_moved_while_the_configuration_changed_again_is_found_when_it_is_looked_at(
    site: Site, worker: Worker
) -> None:
    await worker.show()
    await apply(worker)
    site.groups.faults.just_before("apply", lambda: site.tenants.publish(ACME, a_document()))

    await worker.reconfiguration.configuration_changed(ACME)
    await worker.tenants.load()
    await worker.reconfiguration.configuration_changed(ACME)

    assert site.group().firing == 1
    assert await routed(site) == 3
