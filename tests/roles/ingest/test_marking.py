"""Where silences of Alertmanager mute something is remembered up to a bound."""

from router.core.model.alert import AlertId
from router.core.model.instant import NEVER
from router.core.model.key import GroupId
from router.core.model.muted import Muted, MutedBy, Sight, Upstream
from router.roles.ingest.marking import MAX_SILENCES, Marking
from tests.adapters.builders import ACME, NOON
from tests.bounds import tries
from tests.roles.builders import a_record, an_alert, id_of
from tests.roles.worker import Worker, a_site, a_worker

LABELS = {"alertname": "A"}


async def a_marking() -> tuple[Worker, Marking]:
    worker = await a_worker(await a_site())
    await worker.take(a_record(an_alert("A"), received=NOON))
    await worker.settle_down()
    return worker, Marking(worker.site.groups, worker.transitions, worker.site.clock)


def by_ana(name: str) -> Upstream:
    return Upstream(Sight.MUTED, NOON, NOON, Muted(MutedBy.SILENCED, name, NEVER, "ana"))


@tries("silences of which is remembered where they mute")
async def test_so_many_silences_are_remembered(beyond: int) -> None:
    worker, marking = await a_marking()
    for number in range(MAX_SILENCES + beyond - 1):
        marking.muted_in[ACME, f"s{number}"] = {GroupId("g")}
    await marking.mark(worker.rules(), {id_of("A"): LABELS}, {id_of("A"): by_ana("newest")})
    assert len(marking.muted_in) == min(MAX_SILENCES, MAX_SILENCES + beyond)
    assert (ACME, "newest") in marking.muted_in


async def test_of_an_alert_that_nobody_shows_nothing_is_remembered() -> None:
    worker, marking = await a_marking()
    assert await marking.mark(worker.rules(), {AlertId("x"): LABELS}, {AlertId("x"): by_ana("s1")}) == 0
    assert not marking.muted_in


async def test_what_others_change_meanwhile_is_read_again() -> None:
    worker, marking = await a_marking()
    worker.site.clock.advance(60_000_000)

    async def somebody_is_faster() -> None:
        await worker.take(a_record(an_alert("B"), received=worker.site.clock.time))

    worker.site.groups.faults.just_before("apply", somebody_is_faster)
    news = {id_of("A"): Upstream(Sight.MUTED, worker.site.clock.time, worker.site.clock.time, by_ana("s1").muted)}
    assert await marking.mark(worker.rules(), {id_of("A"): LABELS}, news) == 1
    known = worker.site.group().alerts[id_of("A")].upstream
    assert known is not None
    assert known.muted is not None
    assert (ACME, "s1") in marking.muted_in
