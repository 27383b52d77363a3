"""A tenant that has stored as much as it may: what is known or has ended is taken, what is new is set aside."""

import json
from typing import Any

from router.config import stored
from router.config.read import read_document
from router.core.budget.memory import Memory
from router.core.fold.admit import Refusal
from router.core.model.alert import AlertId
from router.core.model.instant import SECOND, Instant
from router.core.model.key import GroupKey
from router.core.model.rules.limits import Caps
from router.core.model.rules.names import ReceiverName
from router.observe.problems import TenantProblem
from router.roles.ingest.merge import Refused
from router.roles.ingest.portion import Body
from router.roles.ingest.refused import ALONE
from tests.adapters.builders import ACME, BETA, NOON
from tests.bounds import tries
from tests.fakes.records import answering_together
from tests.roles.builders import a_record, a_resolve, an_alert, id_of, key_of
from tests.roles.ingest.test_regroup import a_sent
from tests.roles.worker import Site, Worker, a_site, a_worker

LIMITED = """\
version: 1
tenant: acme
platform: {slack: {token: {secret: slack}}, limits: LIMITS}
route: {receiver: default}
receivers: [{name: default, slack: {channel: "C0123456"}}]
"""


async def a_limited(limits: str) -> tuple[Site, Worker]:
    """A worker whose only tenant has these limits."""
    text = LIMITED.replace("LIMITS", limits)
    site = await a_site()
    await site.open(ACME, stored.dump(read_document(text, "acme"), text))
    return site, await a_worker(site)


def later(seconds: float) -> Instant:
    return Instant(NOON + round(seconds * SECOND))


def letters(site: Site) -> list[tuple[str, Any]]:
    return [(reason, json.loads(value or b"null")) for reason, value in site.dead]


async def books(site: Site) -> dict[str, int]:
    found = await site.books.read(ACME)
    ends = sum(count for name, count in found.items() if name.startswith(("notified", "superseded", "suppressed")))
    assert found.get("changes", 0) == ends + found.get("pending", 0)
    return found


async def test_new_alerts_beyond_the_cap_are_set_aside_each_alone_and_the_others_are_taken() -> None:
    site, worker = await a_limited("{active_alerts: 2}")

    await worker.take(a_record(*(an_alert(name) for name in "ABCD")))

    assert set(site.group().alerts) == {id_of("A"), id_of("B")}
    assert letters(site) == [("over_active_alerts", an_alert("C")), ("over_active_alerts", an_alert("D"))]
    assert (await books(site))["changes"] == 2
    assert (await books(site))["dead_letters"] == 2
    [letter, _] = [one for one in site.records.records if one.headers.get("reason") == b"over_active_alerts"]
    assert (letter.headers["stage"], letter.headers["origin_offset"]) == (b"fold", b"0")
    counted = worker.metrics.problems._count.labels(tenant=ACME, reason=TenantProblem.OVER_LIMIT)
    assert counted._value.get() == 1


async def test_what_is_refused_of_many_records_waits_for_kafka_together() -> None:
    """One after another, each would wait for all replicas, and others' records behind it."""
    site, worker = await a_limited("{active_alerts: 1}")

    async with answering_together(site.records, 9):
        await worker.take(*(a_record(an_alert(f"A{n}"), offset=n) for n in range(10)))

    assert len(site.dead) == 9


async def test_known_alerts_and_resolves_are_taken_at_the_cap_and_make_room() -> None:
    site, worker = await a_limited("{active_alerts: 2}")
    await worker.take(a_record(an_alert("A"), an_alert("B")))

    await worker.take(a_record(an_alert("A"), a_resolve("B", ended=later(9)), an_alert("C"), received=later(10)))

    assert not site.group().alerts[id_of("B")].firing
    assert [reason for reason, _ in site.dead] in ([], ["over_active_alerts"]), "room may be found with the next body"
    await worker.take(a_record(an_alert("A"), an_alert("C"), received=later(20)))
    assert site.group().alerts[id_of("C")].firing
    assert site.group().refused == 0


async def test_the_card_counts_what_was_not_taken() -> None:
    site, worker = await a_limited("{active_alerts: 2}")
    await worker.take(a_record(*(an_alert(name) for name in "ABCDE")))

    assert site.group().refused == 3
    await worker.settle_down()
    await books(site)


async def test_a_card_that_is_there_is_edited_when_alerts_are_no_longer_taken() -> None:
    site, worker = await a_limited("{active_alerts: 1}")
    await worker.take(a_record(an_alert("A")))
    await worker.settle_down()
    calls = len(site.slack.calls)

    await worker.take(a_record(an_alert("A"), an_alert("B"), received=later(40)))
    site.pass_time(60)
    await worker.settle_down()

    assert site.group().refused == 1
    assert len(site.slack.calls) == calls + 1


async def test_alerts_that_would_open_one_group_too_many_are_set_aside_and_open_none() -> None:
    site, worker = await a_limited("{active_groups: 1}")
    await worker.take(a_record(an_alert("A"), group="one"))

    await worker.take(a_record(an_alert("B"), group="two", offset=1))
    await worker.take(a_record(an_alert("C"), group="one", received=later(1), offset=2))

    assert letters(site) == [("over_groups", an_alert("B"))]
    assert key_of("two").group_id not in site.store.tenants[ACME].groups
    assert set(site.group(key_of("one")).alerts) == {id_of("A"), id_of("C")}


async def test_alerts_beyond_the_bytes_are_set_aside() -> None:
    site, worker = await a_limited("{stored_bytes: 8Ki}")
    large = an_alert("B") | {"annotations": {"text": "x" * 10_000}}

    await worker.take(a_record(an_alert("A"), large, an_alert("C")))

    assert set(site.group().alerts) == {id_of("A"), id_of("C")}
    assert letters(site) == [("over_bytes", large)]


async def test_a_record_that_comes_again_is_set_aside_once_and_counts_no_change_twice() -> None:
    site, worker = await a_limited("{active_alerts: 1}")
    record = a_record(an_alert("A"), an_alert("B"))

    await worker.take(record)
    await worker.take(record)

    assert (await books(site))["changes"] == 1
    assert [reason for reason, _ in site.dead] == ["over_active_alerts"]


@tries("alerts of one body beyond a cap that get a dead letter each")
async def test_of_very_many_the_rest_goes_in_one_letter(beyond: int) -> None:
    site, worker = await a_limited("{active_alerts: 1}")

    await worker.take(a_record(*(an_alert(f"A{number}") for number in range(1 + ALONE + beyond))))

    kinds = [type(json.loads(value or b"")) for _, value in site.dead]
    assert kinds == [dict] * min(ALONE, ALONE + beyond) + [list] * max(0, beyond)
    assert len(site.group().alerts) == 1


async def test_two_bodies_in_one_batch_do_not_share_a_place() -> None:
    site, worker = await a_limited("{active_alerts: 3}")
    bodies = [a_record(an_alert(f"{name}1"), an_alert(f"{name}2"), group=name, offset=number)
              for number, name in enumerate("abcd")]  # fmt: skip

    await worker.take(*bodies)

    firing = [one for data in site.store.tenants[ACME].groups.values() for one in data.alerts]  # type: ignore[union-attr]
    assert len(firing) == 3
    assert len(site.dead) == 5
    assert (await books(site))["changes"] == 3


async def test_while_redis_is_full_the_largest_tenant_gets_no_more_and_others_do() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    await worker.take(a_record(an_alert("A")))
    site.memory.used = Memory(used=95, limit=100)
    await worker.memory.look()

    await worker.take(
        a_record(an_alert("A"), an_alert("B"), received=later(1), offset=1),
        a_record(an_alert("T"), tenant="beta", offset=2),
    )

    assert [reason for reason, _ in site.dead] == ["over_bytes"]
    assert site.group(tenant=BETA).alerts.keys() == {id_of("T")}
    site.memory.used = Memory(used=10, limit=100)
    await worker.memory.look()
    await worker.take(a_record(an_alert("A"), an_alert("B"), received=later(2), offset=3))
    assert AlertId(id_of("B")) in site.group().alerts


@tries("part of Redis' memory from which records of suspended tenants are held")
async def test_records_of_a_suspended_tenant_wait_elsewhere_while_redis_is_full(beyond: int) -> None:
    site = await a_site(ACME, BETA)
    await site.tenants.suspend(ACME)
    worker = await a_worker(site)
    site.memory.used = Memory(used=85 + beyond, limit=100)
    site.memory.stored = {ACME: Caps(0, 0, 1_000), BETA: Caps(0, 0, 10)}
    await worker.memory.look()

    await worker.take(a_record(an_alert("A")), a_record(an_alert("T"), tenant="beta", offset=1))

    assert [reason for reason, _ in site.held] == ["suspended"] * max(0, beyond)
    assert site.group(tenant=BETA).alerts.keys() == {id_of("T")}


async def test_ends_sent_first_do_not_open_the_way_for_what_fires_afterwards() -> None:
    site, worker = await a_limited("{active_alerts: 1}")
    await worker.take(a_record(*(a_resolve(name) for name in "ABC")))
    site.pass_time(10)

    await worker.take(a_record(*(an_alert(name, starts=later(9)) for name in "ABC"), received=later(10), offset=1))

    assert site.group().firing == 1
    assert [reason for reason, _ in site.dead] == ["over_active_alerts"] * 2


async def test_an_alert_that_its_sender_groups_otherwise_now_is_taken_at_every_cap() -> None:
    site, worker = await a_limited("{active_groups: 1}")
    await worker.take(a_sent(an_alert(), by={"alertname": "A"}))

    by = {"alertname": "A", "cluster": "eu"}
    await worker.take(a_sent(an_alert(), by=by, minute=1))

    moved = site.group(GroupKey(ReceiverName("default"), ("{}",), tuple(sorted(by.items()))))
    assert moved.firing == 1
    assert site.dead == []


async def test_each_record_that_is_set_aside_gives_its_own_alerts() -> None:
    """A body is read once for all its portions, and not for the next record."""
    site, worker = await a_limited("{active_alerts: 1}")
    now = await site.clock.now()
    read = [await worker.reader.read(a_record(an_alert(name), offset=place), now) for place, name in enumerate("ABC")]
    found = [one.record for one in read if one.record is not None]
    reasons = {id_of(name): Refusal.OVER_ACTIVE_ALERTS for name in "ABC"}

    portions = [portion for one in found for portion in Body(one, worker.rules()).portions(1)]
    await worker.refused.set_aside(portions, [Refused(ACME, found[0].seen.observed, reasons)])

    assert [letter for _, letter in letters(site)] == [an_alert(one) for one in "ABC"]
