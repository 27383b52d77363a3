"""Lost data is put together: messages that are there are edited on, what came in is folded again, once and by one."""

import json

import pytest
from structlog.testing import capture_logs

from router.core.model.instant import HOUR, NEVER
from router.errors import UnavailableError
from router.ports.kafka import Record
from router.roles.recovery import adoption
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import EVENTS, a_document, a_record, a_resolve, an_alert, key_of
from tests.roles.recovery.past import FakePast, a_recovery
from tests.roles.worker import Site, Worker, a_site, a_worker


@pytest.fixture
async def site() -> Site:
    return await a_site(ACME, BETA)


@pytest.fixture
async def worker(site: Site) -> Worker:
    return await a_worker(site)


@pytest.fixture
def past(worker: Worker) -> FakePast:
    return FakePast(worker)


async def take(worker: Worker, past: FakePast, *records: Record) -> None:
    """Records come, and are remembered in their topic."""
    past.inbound += records
    await worker.take(*records)


async def shown(worker: Worker, past: FakePast, *groups: str) -> None:
    """An alert fires in each of these groups, and is shown; the events of it are in Kafka."""
    now = worker.site.clock.time
    for name in groups:
        await take(worker, past, a_record(an_alert(starts=now), group=name, received=now))
    await worker.due.advance(worker.rules(), [key_of(name).group_id for name in groups])
    await worker.settle_down()
    worker.relay.look_at(ACME)
    await worker.relay.flush()


async def lose(worker: Worker, *, tenant: str = "acme") -> None:
    """Redis loses all, and an operator applies the configuration again."""
    worker.site.store.wipe()
    await worker.site.tenants.publish(ACME, a_document(tenant))
    await worker.tenants.load()


def posts(site: Site) -> int:
    """How many messages were posted."""
    calls = [one.call for one in site.slack.calls]
    return sum(one.method == "chat.postMessage" and "thread_ts" not in one.arguments for one in calls)


async def test_until_its_data_is_put_together_nothing_is_sent_for_a_tenant(
    site: Site, worker: Worker, past: FakePast
) -> None:
    await shown(worker, past, "g")
    await lose(worker)
    calls = len(site.slack.calls)

    await take(worker, past, a_record(an_alert("New"), received=site.clock.time))
    for _ in range(3):
        await worker.take_turn()
    assert (worker.tenants.unproven, len(site.slack.calls)) == ({ACME}, calls)

    await a_recovery(worker, past).look()
    await worker.tenants.load()
    site.pass_time(31)
    await worker.settle_down()

    assert not worker.tenants.unproven
    assert len(site.slack.calls) > calls


async def test_a_message_that_is_there_is_edited_and_not_posted_again(
    site: Site, worker: Worker, past: FakePast
) -> None:
    await shown(worker, past, "g")
    message = site.group().message
    await lose(worker)

    await a_recovery(worker, past).look()
    await worker.tenants.load()
    await worker.settle_down()
    assert (site.group().message, site.group().pending, posts(site)) == (message, 0, 1)
    site.pass_time(31)
    await take(worker, past, a_record(a_resolve(ended=site.clock.time), received=site.clock.time))
    await worker.settle_down()

    assert (site.group().message, posts(site)) == (message, 1)
    assert site.group().firing == 0


async def test_what_others_may_name_is_known_again(site: Site, worker: Worker, past: FakePast) -> None:
    rules = a_document(receivers="context: {related: [alertname]}")
    await site.tenants.publish(ACME, rules)
    await worker.tenants.load()
    await shown(worker, past, "g")
    listed = site.store.tenants[ACME].listed[key_of().group_id]
    site.store.wipe()
    await site.tenants.publish(ACME, rules)
    await worker.tenants.load()

    await a_recovery(worker, past).look()
    await worker.tenants.load()
    await worker.settle_down()

    again = site.store.tenants[ACME].listed[key_of().group_id]
    assert (again.listing, again.keys) == (listed.listing, listed.keys)


async def test_what_came_in_and_was_never_shown_is_folded_again(site: Site, worker: Worker, past: FakePast) -> None:
    await shown(worker, past, "g")
    await take(worker, past, a_record(an_alert("Waits"), group="h", received=site.clock.time))
    await lose(worker)

    with capture_logs() as logs:
        await a_recovery(worker, past).look()

    assert site.group(key_of("h")).pending == 1
    assert past.read_since == [site.clock.time - 24 * HOUR]
    [line] = [one for one in logs if one["event"] == "data_recovered"]
    assert (line["tenants"], line["messages"], line["records"]) == (1, 1, 2)


async def test_another_tenants_records_are_not_folded_again(site: Site, worker: Worker, past: FakePast) -> None:
    await shown(worker, past, "g")
    await take(worker, past, a_record(an_alert("Theirs"), tenant=BETA, received=site.clock.time))
    site.store.lose(ACME)
    await site.tenants.publish(ACME, a_document(ACME))
    await worker.tenants.load()
    before = dict(site.store.tenants[BETA].books)

    await a_recovery(worker, past).look()

    assert dict(site.store.tenants[BETA].books) == before
    assert site.group().message is not None


async def test_what_has_ended_before_the_loss_does_not_fire_again(site: Site, worker: Worker, past: FakePast) -> None:
    await shown(worker, past, "g")
    site.pass_time(60)
    await take(worker, past, a_record(a_resolve(ended=site.clock.time), received=site.clock.time))
    await worker.settle_down()
    worker.relay.look_at(ACME)
    await worker.relay.flush()
    calls = len(site.slack.calls)
    await lose(worker)

    await a_recovery(worker, past).look()
    await worker.tenants.load()
    await worker.settle_down()

    assert len(site.slack.calls) == calls
    assert site.group().closed


async def test_a_suspended_tenant_stays_suspended_by_what_the_events_know(
    site: Site, worker: Worker, past: FakePast
) -> None:
    await shown(worker, past, "g")
    body = {
        "v": 1, "event": "sending_held", "id": "acme/suspended-1", "sequence": 1, "tenant": "acme",
        "reason": "tenant", "outcome": "held", "decided_at": "2026-11-26T05:00:00.000000Z",
    }  # fmt: skip
    await site.records.append(EVENTS, json.dumps(body).encode(), b"acme/", [])
    site.store.wipe()
    await site.tenants.publish(ACME, a_document(ACME))
    newcomer = await a_worker(site)

    await a_recovery(newcomer, past).look()

    document = await site.tenants.active(ACME)
    assert document is not None
    assert (document.suspended_since != NEVER, document.unproven) == (True, False)


async def test_one_process_at_a_time_is_at_it_and_the_next_one_goes_on(
    site: Site, worker: Worker, past: FakePast
) -> None:
    await shown(worker, past, "g")
    await lose(worker)
    assert await site.proofs.lease("another")

    await a_recovery(worker, past).look()
    assert worker.tenants.unproven
    await site.proofs.release("another")
    await a_recovery(worker, past).look()
    await worker.tenants.load()

    assert not worker.tenants.unproven


async def test_where_nothing_was_ever_notified_there_is_nothing_to_put_together(
    site: Site, worker: Worker, past: FakePast
) -> None:
    await lose(worker)

    await a_recovery(worker, past).look()
    await worker.tenants.load()

    assert (worker.tenants.unproven, past.read_since) == (set(), [])


async def test_while_an_engine_is_away_the_tenant_stays_unproven(site: Site, worker: Worker, past: FakePast) -> None:
    await shown(worker, past, "g")
    await lose(worker)
    site.groups.faults.refuse("load")

    with pytest.raises(UnavailableError):
        await a_recovery(worker, past).look()
    await worker.tenants.load()
    assert worker.tenants.unproven
    await a_recovery(worker, past).look()
    await worker.tenants.load()

    assert not worker.tenants.unproven


async def test_a_plan_changes_nothing_and_counts_what_would_be_done(
    site: Site, worker: Worker, past: FakePast
) -> None:
    await shown(worker, past, "g", "h")
    await lose(worker)

    report = await a_recovery(worker, past).plan([ACME])

    assert ([(one.tenant, one.messages) for one in report.tenants], report.records) == ([(ACME, 2)], 2)
    assert site.store.tenants[ACME].groups == {}


async def test_more_messages_than_a_step_holds_are_taken_over(
    site: Site, worker: Worker, past: FakePast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adoption, "TOGETHER", 2)
    names = [f"g{number}" for number in range(5)]
    await shown(worker, past, *names)
    await lose(worker)

    await a_recovery(worker, past).look()

    assert all(site.group(key_of(name)).message is not None for name in names)


async def test_bad_records_are_not_dead_lettered_once_more(site: Site, worker: Worker, past: FakePast) -> None:
    await shown(worker, past, "g")
    await take(worker, past, a_record(value=b"{"))
    before = site.dead
    await lose(worker)

    await a_recovery(worker, past).look()

    assert site.dead == before
