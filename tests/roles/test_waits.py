"""How long notifications took from when they were due, and how much of it budgets imposed."""

from typing import Any

import pytest

from router.core.model.instant import MILLISECOND, SECOND, parse_rfc3339
from tests.adapters.builders import ACME
from tests.roles.builders import a_record, an_alert
from tests.roles.test_naming import value
from tests.roles.worker import Site, Worker, a_worker


def seconds(worker: Worker, name: str) -> tuple[float, float]:
    """How many were measured, and all of them together."""
    found = [worker.metrics.registry.get_sample_value(f"alert_router_{name}_{part}") for part in ("count", "sum")]
    return found[0] or 0, round(found[1] or 0, 3)


async def test_what_a_channels_pace_asks_for_is_imposed(site: Site, worker: Worker) -> None:
    now = site.clock.time
    await worker.take(*(a_record(an_alert(starts=now), group=one, received=now) for one in "gh"))
    await worker.settle_down()

    assert seconds(worker, "shown_seconds") == (2, 1.0)
    assert seconds(worker, "shown_imposed_seconds") == (2, 1.0)
    assert seconds(worker, "shown_own_seconds") == (2, 0)


async def test_a_turn_that_comes_late_is_ours(site: Site, worker: Worker) -> None:
    now = site.clock.time
    await worker.take(a_record(an_alert(starts=now), received=now))
    site.pass_time(7)
    await worker.settle_down()

    assert seconds(worker, "shown_own_seconds") == (1, 7)
    assert seconds(worker, "shown_imposed_seconds") == (1, 0)


async def test_a_record_that_is_read_late_is_ours(site: Site, worker: Worker) -> None:
    now = site.clock.time
    site.pass_time(3)
    await worker.take(a_record(an_alert(starts=now), received=now))
    await worker.settle_down()

    assert seconds(worker, "shown_own_seconds") == (1, 3)


async def test_the_interval_that_a_tenant_asks_for_is_nobodys_delay(site: Site, worker: Worker) -> None:
    await worker.show()
    now = site.clock.time
    await worker.take(a_record(an_alert("B", starts=now), received=now))
    site.pass_time(30)
    await worker.settle_down()

    assert seconds(worker, "accept_to_shown_seconds")[1] >= 29
    assert seconds(worker, "shown_seconds")[0] == 2
    assert seconds(worker, "shown_own_seconds")[1] < 2


async def test_what_another_worker_queued_is_measured_where_it_is_sent(site: Site, worker: Worker) -> None:
    other = await a_worker(site)
    now = site.clock.time
    await worker.take(a_record(an_alert(starts=now), received=now))
    site.pass_time(4)
    await other.settle_down()

    assert seconds(other, "shown_own_seconds") == (1, 4)


async def test_what_was_set_aside_is_due_again_when_it_is_tried(site: Site, worker: Worker) -> None:
    secret = site.secrets.values.pop((ACME, "slack"))
    await worker.show()
    assert seconds(worker, "shown_seconds") == (0, 0)
    site.secrets.values[ACME, "slack"] = secret
    site.pass_time(61)
    await worker.settle_down()

    count, total = seconds(worker, "shown_own_seconds")
    assert count == 1
    assert total == pytest.approx(0, abs=2)


async def test_a_notification_counts_for_its_tenant_and_as_late_by_what_is_ours(site: Site, worker: Worker) -> None:
    worker.metrics.tenants.name([ACME])
    now = site.clock.time
    await worker.take(a_record(an_alert(starts=now), received=now))
    site.pass_time(5)
    await worker.settle_down()
    await worker.take(a_record(an_alert("B", starts=site.clock.time), group="h", received=site.clock.time))
    site.pass_time(6)
    await worker.settle_down()

    values = [value(worker, f"{name}_notifications_total", ACME) for name in ("due", "late")]
    assert values == [2, 1]
    await worker.relay.flush()
    assert [round(own_seconds(event)) for event in site.events] == [5, 6]


def own_seconds(event: dict[str, Any]) -> float:
    """What is ours of the time from when a notification was due, as its event has it."""
    due, delivered = (parse_rfc3339(event[name]) for name in ("due_at", "delivered_at"))
    return (delivered - due - int(event["budget_ms"]) * MILLISECOND) / SECOND
