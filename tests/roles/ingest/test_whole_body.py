"""What a body says as a whole holds wherever its alerts go, however large it is and whatever changes meanwhile."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from router.config import stored
from router.config.read import read_document
from router.core.model.instant import to_rfc3339
from router.core.model.key import GroupKey
from router.core.model.rules.names import ReceiverName
from router.ports.kafka import Record
from router.ports.state import ApplyResult, NextDue, StoreTransition
from router.roles.ingest.folding import GROUPS, RUN
from tests.adapters.builders import ACME, after
from tests.roles.builders import a_record, an_alert
from tests.roles.worker import Site, Worker, a_site, a_worker

DOCUMENT = """\
version: 1
tenant: acme
platform: {slack: {token: {secret: slack}}, limits: LIMITS}
route: {receiver: RECEIVER, group_by: [alertname]}
ignore_labels: IGNORED
receivers:
  - {name: default, slack: {channel: "C0123456"}}
  - {name: other, slack: {channel: "C0123456"}}
"""


def a_document(receiver: str = "default", ignored: str = "[]", limits: str = "{}") -> str:
    """Alerts are grouped by their name, whatever their sender does."""
    text = DOCUMENT.replace("RECEIVER", receiver).replace("IGNORED", ignored).replace("LIMITS", limits)
    return stored.dump(read_document(text, "acme"), text)


@pytest.fixture
async def site() -> Site:
    site = await a_site()
    await site.open(ACME, a_document())
    site.pass_time(12 * 60)
    return site


@pytest.fixture
async def worker(site: Site) -> Worker:
    return await a_worker(site)


def a_body(*alerts: object, unsent: int = 0, reason: str = "", minute: float = 0) -> Record:
    """A record of the one group of a sender, which left so many alerts out."""
    envelope: dict[str, Any] = {"version": "4", "groupKey": "{}:{}", "groupLabels": {}, "externalURL": "http://am"}
    rest = {"truncatedAlerts": unsent, "notification_reason": reason, "alerts": alerts}
    return a_record(value=json.dumps(envelope | rest).encode(), received=after(60 * minute))


def ended(alert: dict[str, Any]) -> dict[str, Any]:
    """The same alert, resolved after ten minutes."""
    return alert | {"status": "resolved", "endsAt": to_rfc3339(after(600))}


def key(name: str, receiver: str = "default") -> GroupKey:
    return GroupKey(ReceiverName(receiver), ("{}",), (("alertname", name),))


def firing(site: Site, name: str, receiver: str = "default") -> int:
    """How many alerts fire in the group by that name."""
    group = site.group(key(name, receiver))
    assert group.firing == sum(alert.shown_firing for alert in group.alerts.values())
    return group.firing


def many(name: str, count: int) -> list[dict[str, Any]]:
    return [an_alert(name, number=str(number)) for number in range(count)]


FIRST, LAST = many("First", RUN + 10), many("Last", RUN)
LEFT_OUT = [an_alert(name, number="left out") for name in ("First", "Last")]
ENDED = a_body(*map(ended, [*FIRST, *LAST]), unsent=2, reason="all alerts resolved", minute=11)


async def test_that_all_have_ended_holds_for_each_group_that_any_part_of_the_body_touches(
    site: Site, worker: Worker
) -> None:
    await worker.take(a_body(*FIRST, *LAST, *LEFT_OUT))

    await worker.take(ENDED)

    assert [firing(site, name) for name in ("First", "Last")] == [0, 0]
    books = await site.books.read(ACME)
    assert books["accepted"] == 2 * len([*FIRST, *LAST]) + len(LEFT_OUT)


async def test_of_a_large_group_no_step_holds_more_than_any_other(
    site: Site, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender left out nearly all of a group, and the loop is not kept busy by all of it at once."""
    await worker.take(a_body(*many("First", 3 * RUN), *LEFT_OUT))
    sizes, apply = list[int](), site.groups.apply

    async def noted(transitions: Sequence[StoreTransition]) -> tuple[list[ApplyResult], NextDue]:
        sizes.append(sum(len(one.before.alerts) for one in transitions))
        return await apply(transitions)

    monkeypatch.setattr(site.groups, "apply", noted)
    await worker.take(a_body(ended(FIRST[0]), unsent=3 * RUN, reason="all alerts resolved", minute=11))

    assert firing(site, "First") == 0
    assert max(sizes) <= RUN
    assert sum(sizes) == 1 + 3 * RUN + 1, "the one that was sent, then all"


async def test_it_holds_for_very_many_groups(site: Site, worker: Worker) -> None:
    names = [f"A{number}" for number in range(2 * GROUPS + 1)]
    fire = [an_alert(name, number=number) for number in ("sent", "left out") for name in names]
    await worker.take(a_body(*fire))

    sent = [ended(one) for one in fire if one["labels"]["number"] == "sent"]
    await worker.take(a_body(*sent, unsent=len(names), reason="all alerts resolved", minute=11))

    assert sum(firing(site, name) for name in names) == 0


async def test_it_holds_where_the_configuration_changes_between_two_parts_of_the_body(
    site: Site, worker: Worker
) -> None:
    """Alerts in the groups that the new one makes are ended there, whichever part they would have come in."""
    await site.tenants.publish(ACME, a_document("other"))
    await worker.tenants.load()
    await worker.take(a_body(*FIRST, *LAST, *LEFT_OUT))
    await site.tenants.publish(ACME, a_document())
    await worker.tenants.load()
    await worker.take(a_body(*FIRST, *LAST, *LEFT_OUT, minute=1))

    back = a_document("other")
    site.groups.faults.just_before("apply", lambda: None)
    site.groups.faults.just_before("apply", lambda: site.tenants.publish(ACME, back))
    await worker.take(ENDED)

    assert worker.rules().version > 2
    assert [firing(site, name, "other") for name in ("First", "Last")] == [0, 0]


async def test_replicas_far_apart_are_one_alert_where_it_is_decided_meanwhile_that_they_are(
    site: Site, worker: Worker
) -> None:
    over = [ended(an_alert("A", number=str(number), replica="a")) for number in range(RUN)]
    fire = [an_alert("A", number=str(number), replica="b") for number in range(RUN)]
    site.groups.faults.just_before("apply", lambda: site.tenants.publish(ACME, a_document(ignored="[replica]")))

    await worker.take(a_body(*over, *fire, minute=11))

    assert firing(site, "A") == RUN


@pytest.mark.parametrize(("before", "then"), [("[]", "[replica]"), ("[replica]", "[]")])
async def test_what_is_refused_is_named_as_it_was_when_it_was_routed(before: str, then: str) -> None:
    """Which labels are ignored may change after the step was stored, and before its dead letters are."""
    limits = "{active_alerts: 1}"
    site = await a_site()
    await site.open(ACME, a_document(ignored=before, limits=limits))
    worker = await a_worker(site)

    async def change() -> None:
        await site.tenants.publish(ACME, a_document(ignored=then, limits=limits))
        await worker.tenants.load()

    site.turns.faults.just_before("offer", change)
    await worker.take(a_body(an_alert("A", replica="a"), an_alert("B", replica="a")))

    assert [(reason, json.loads(body or b"")) for reason, body in site.dead] == [
        ("over_active_alerts", an_alert("B", replica="a"))
    ]


async def test_of_replicas_that_are_refused_the_one_that_fires_is_set_aside() -> None:
    site = await a_site()
    await site.open(ACME, a_document(ignored="[replica]", limits="{active_alerts: 1}"))
    worker = await a_worker(site)
    fires, over = an_alert("B", replica="a"), ended(an_alert("B", replica="b"))

    await worker.take(a_body(an_alert("A"), fires, over))

    assert [json.loads(body or b"") for _, body in site.dead] == [fires]
