"""The line of a notification names whose and what it is, and nothing that must not be read."""

import json
from dataclasses import replace

from structlog.testing import capture_logs

from router.core.model.alert_state import AlertContent
from router.core.model.instant import SECOND, Instant, Span
from router.core.model.key import GroupKey
from router.core.model.operation import Lane, Method
from router.core.model.rules.appearance import PersonalFields, Redaction
from router.core.slack.answer import Accepted, TokenDead
from router.roles.notify.in_flight import Delivery
from router.roles.notify.line import line_of
from tests.adapters.builders import ACME
from tests.core.builders import START
from tests.roles.builders import CHANNEL
from tests.roles.worker import Site, Worker

YES = Accepted(CHANNEL, "1.0")


def grouped(delivery: Delivery, *group: tuple[str, str]) -> Delivery:
    """The same of a group with these labels."""
    snapshot = delivery.claim.snapshot
    key = GroupKey(snapshot.key.receiver, snapshot.key.path, group)
    return replace(delivery, claim=replace(delivery.claim, snapshot=replace(snapshot, key=key)))


async def test_labels_are_bounded_in_number_and_length(worker: Worker) -> None:
    delivery = grouped(await worker.claim(), *((f"label{n:04}", "x" * 9_000) for n in range(200)))

    line = line_of(delivery, YES, 1, delivery.claim.claimed_at)

    assert len(line["labels"]) == 20
    assert max(map(len, line["labels"].values())) <= 100
    assert len(json.dumps(line)) < 4_000


async def test_what_is_redacted_is_not_logged(worker: Worker) -> None:
    delivery = grouped(await worker.claim(), ("alertname", "Login of eve"), ("customer", "eve"), ("pod", "eve-1"))
    hidden = replace(delivery, tenant=replace(delivery.tenant, redaction=Redaction(labels=frozenset({"customer"}))))

    line = line_of(hidden, YES, 1, delivery.claim.claimed_at)

    assert "eve" not in json.dumps(line)
    assert line["labels"].keys() == {"alertname", "customer", "pod"}


async def test_what_names_a_person_is_not_logged(worker: Worker) -> None:
    delivery = grouped(await worker.claim(), ("alertname", "Login of eve"), ("customer", "eve"), ("pod", "eve-1"))
    personal = PersonalFields(labels=frozenset({"customer"}))

    line = line_of(
        replace(delivery, tenant=replace(delivery.tenant, personal=personal)), YES, 1, delivery.claim.claimed_at
    )

    assert "eve" not in json.dumps(line)


async def test_neither_annotations_nor_the_token_are_logged(worker: Worker) -> None:
    claimed = await worker.claim()
    snapshot = claimed.claim.snapshot
    content = AlertContent({"alertname": "A"}, {"summary": "of a customer"}, "https://prometheus/graph", START)
    alerts = {one: replace(alert, content=content) for one, alert in snapshot.alerts.items()}
    delivery = replace(claimed, claim=replace(claimed.claim, snapshot=replace(snapshot, alerts=alerts)))

    line = json.dumps(line_of(delivery, YES, 1, claimed.claim.claimed_at))

    assert alerts
    assert [text for text in ("of a customer", "https://", claimed.token) if text in line] == []


async def test_waits_are_in_milliseconds(worker: Worker) -> None:
    delivery = replace(await worker.claim(), budget_wait=Span(1_100_000))
    begun = Instant(delivery.claim.claimed_at + 2 * SECOND)
    late = replace(delivery, claim=replace(delivery.claim, claimed_at=begun))

    line = line_of(late, YES, 1, Instant(begun + 250_000))

    assert (line["waited_ms"], line["budget_ms"], line["own_ms"], line["duration_ms"]) == (2000, 1100, 900, 250)


async def test_a_lane_without_budget_leaves_its_wait_to_its_calls(site: Site, worker: Worker) -> None:
    await worker.queue()
    now, lane = site.clock.time, Lane(CHANNEL, Method.POST)
    site.pass_time(2)
    worker.transitions.waits.refused(ACME, lane, now, Instant(now + 1_100_000))

    delivery = await worker.claim()

    assert (delivery.due, delivery.budget_wait) == (now, 1_100_000)


async def test_a_call_that_only_a_person_can_help_is_a_warning(worker: Worker) -> None:
    with capture_logs() as logs:
        await worker.settlement.settle(await worker.claim(), TokenDead("token_revoked"))

    assert ("notification_not_sent", "warning") in [(one["event"], one["log_level"]) for one in logs]
