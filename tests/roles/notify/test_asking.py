"""Alertmanager is asked about what it leaves out, beside the turns; without an answer bodies alone decide."""

from typing import Final

import pytest

from router.core.decide.sight import ASK_AGAIN
from router.core.fold.missing import GRACE
from router.core.model.alert import Fingerprint
from router.core.model.alert_state import ShownState
from router.core.model.instant import MINUTE, NEVER
from router.core.model.muted import KnownAlert, Muted, MutedBy
from router.roles.notify.asking import MAX_WAITING
from tests.adapters.builders import ACME
from tests.bounds import tries
from tests.roles.builders import a_document, a_record, an_alert, id_of
from tests.roles.worker import Site, Worker, a_site, a_worker

BY_ANA: Final = Muted(MutedBy.SILENCED, "s1", NEVER, "ana", "replacing the disk")
SILENCED: Final = KnownAlert(Fingerprint("B"), {"alertname": "B", "group": "g"}, BY_ANA)


@pytest.fixture
async def site() -> Site:
    found = await a_site()
    await found.open(ACME, a_document(alertmanager="http://alertmanager:9093"))
    return found


@pytest.fixture
async def worker(site: Site) -> Worker:
    return await a_worker(site)


async def leave_out(worker: Worker) -> None:
    """A and B fire and are shown; then bodies hold A alone, for five minutes."""
    alerts = [an_alert(name, starts=worker.site.clock.time, group="g") for name in "AB"]
    await worker.take(a_record(*alerts, received=worker.site.clock.time))
    await worker.settle_down()
    worker.site.clock.advance(MINUTE)
    await worker.take(a_record(alerts[0], received=worker.site.clock.time))
    worker.site.clock.advance(GRACE)
    await worker.settle_down()


def shown(site: Site, name: str = "B") -> ShownState:
    return site.group().alerts[id_of(name, group="g")].last_shown.state


async def test_what_is_silenced_there_is_shown_so_after_one_question(site: Site, worker: Worker) -> None:
    worker.alertmanager.known = [SILENCED]
    await leave_out(worker)

    assert shown(site) is ShownState.MUTED
    assert worker.alertmanager.asked == [{"group": "g"}]
    known = site.group().alerts[id_of("B", group="g")].upstream
    assert known is not None
    assert known.muted == BY_ANA


async def test_without_an_answer_it_is_shown_as_not_reported_and_asked_about_again(
    site: Site, worker: Worker
) -> None:
    worker.alertmanager.is_away = True
    await leave_out(worker)
    assert shown(site) is ShownState.UNREPORTED

    worker.alertmanager.is_away, worker.alertmanager.known = False, [SILENCED]
    site.clock.advance(ASK_AGAIN)
    await worker.settle_down()
    assert shown(site) is ShownState.MUTED
    assert len(worker.alertmanager.asked) == 2


async def test_what_it_does_not_know_twice_has_ended(site: Site, worker: Worker) -> None:
    await leave_out(worker)
    assert shown(site) is ShownState.UNREPORTED
    site.clock.advance(ASK_AGAIN)
    await worker.settle_down()
    assert shown(site) is ShownState.ENDED
    assert site.group().unreported == 0


async def test_who_has_no_address_is_not_asked() -> None:
    site = await a_site()
    worker = await a_worker(site)
    await leave_out(worker)
    assert shown(site) is ShownState.UNREPORTED
    assert worker.alertmanager.asked == []


async def test_what_dies_while_it_asks_leaves_nothing_hanging(site: Site, worker: Worker) -> None:
    worker.alertmanager.known = [SILENCED]
    alerts = [an_alert(name, starts=site.clock.time, group="g") for name in "AB"]
    await worker.take(a_record(*alerts, received=site.clock.time))
    await worker.settle_down()
    site.clock.advance(MINUTE)
    await worker.take(a_record(alerts[0], received=site.clock.time))
    site.clock.advance(GRACE)
    await worker.turn.serve(worker.rules())
    await worker.asking.close()

    other = await a_worker(site)
    site.clock.advance(MINUTE)
    await other.settle_down()
    assert shown(site) in {ShownState.UNREPORTED, ShownState.MUTED}


@tries("alert groups of a tenant about which Alertmanager is to be asked")
async def test_so_many_groups_wait_to_be_asked_about(site: Site, worker: Worker, beyond: int) -> None:
    await worker.show()
    rules, group = worker.rules(), site.group()
    for _ in range(MAX_WAITING + beyond):
        worker.asking.begin(rules, group, [id_of("B", group="g")])
    await worker.asking.settled()
    assert len(worker.alertmanager.asked) == MAX_WAITING + min(beyond, 0)
