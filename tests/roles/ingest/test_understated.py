"""Who states fewer alerts than it has sealed pays for the rest afterwards, and its alerts go on."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from router.core.budget.quota import Charge, Over, Resource
from router.core.model.alert import TenantId
from router.core.seal.sent import SENT_MAGIC
from router.errors import UnavailableError
from router.ports.dead_letter import REDRIVEN
from router.ports.kafka import ALERTS, Record
from router.roles.ingest.understated import Understated, stated_alerts
from tests.roles.builders import a_record, an_alert
from tests.roles.worker import Worker


class Taken:
    """What was taken of quotas."""

    def __init__(self) -> None:
        self.charges: list[Charge] = []
        self.is_away = False

    async def take(self, _: TenantId, charges: Sequence[Charge]) -> Over | None:
        if self.is_away:
            raise UnavailableError("Redis does not answer")
        self.charges += charges
        return None


def sent(stated: bytes | None, envelope: bytes | None = SENT_MAGIC, *more: tuple[str, bytes]) -> Record:
    """A record of three alerts, opened."""
    record = a_record(an_alert("A"), an_alert("B"), an_alert("C"))
    own = [(ALERTS, stated)] if stated is not None else []
    return replace(record, envelope=envelope, headers=(*record.headers, *own, *more))


async def beyond(worker: Worker, record: Record, taken: Taken | None = None) -> float:
    """How many alerts were taken, of a record that is read whole in any case."""
    taken = taken or Taken()
    understated = Understated(taken, worker.tenants.known, worker.metrics)
    reading = await replace(worker.reader, understated=understated).read(record, worker.site.clock.time)
    assert reading.record is not None
    assert len(reading.record.seen.alerts) == 3
    assert {one.resource for one in taken.charges} <= {Resource.ALERTS}
    return sum(one.cost for one in taken.charges)


@pytest.mark.parametrize(("stated", "taken"), [(b"3", 0), (b"9", 0), (b"1", 2), (None, 3), (b"many", 3)])
async def test_what_was_not_stated_is_taken_from_the_quota(worker: Worker, stated: bytes | None, taken: int) -> None:
    assert await beyond(worker, sent(stated)) == taken


async def test_it_is_counted_and_logged_with_its_tenant(worker: Worker) -> None:
    with capture_logs() as logs:
        await beyond(worker, sent(b"1"))

    assert [(one["event"], one["tenant"], one["stated"], one["beyond"]) for one in logs] == [
        ("alerts_understated", "acme", 1, 2)
    ]
    [metric] = worker.metrics.understated.collect()
    assert [one.value for one in metric.samples if one.name.endswith("_total")] == [2]


async def test_of_what_the_gateway_has_counted_and_of_what_comes_again_nothing_is_taken(worker: Worker) -> None:
    assert await beyond(worker, sent(b"1", None)) == 0
    assert await beyond(worker, sent(b"1", SENT_MAGIC, (REDRIVEN, b"id"))) == 0


async def test_while_the_quota_cannot_be_reached_the_alerts_go_on(worker: Worker) -> None:
    taken = Taken()
    taken.is_away = True

    assert await beyond(worker, sent(b"1"), taken) == 0


@pytest.mark.parametrize(
    ("text", "alerts"), [(b"12", 12), (b"", 0), (None, 0), (b"-1", 0), (b"\xff", 0), (b"9" * 99, 0)]
)
def test_what_is_no_number_states_nothing(text: bytes | None, alerts: int) -> None:
    assert stated_alerts(text) == alerts
