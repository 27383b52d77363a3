"""Times that cannot be right: counted by whose they are, and logged once a minute for each tenant."""

import pytest
from structlog.testing import capture_logs

from router.ports.kafka import Record, Stamped
from router.roles.ingest.observed import stated
from router.roles.ingest.skew import Skew, skew_of
from tests.adapters.builders import ACME, BETA, NOON, after
from tests.roles.builders import a_record, an_alert
from tests.roles.ingest.test_observed import stamped
from tests.roles.worker import Worker

BROKER, PRODUCER = Stamped.BY_BROKER, Stamped.BY_PRODUCER


@pytest.mark.parametrize(
    ("record", "is_signed", "skew"),
    [
        pytest.param(stamped(BROKER, 0, received_at=3), True, Skew.GATEWAY, id="signed for a time to come"),
        pytest.param(stamped(PRODUCER, 0, received_at=3), True, Skew.GATEWAY, id="without the brokers time as well"),
        pytest.param(stamped(BROKER, 0, received_at=3), False, None, id="an unsigned one does not count there"),
        pytest.param(stamped(PRODUCER, 0, received_at=3), False, Skew.PRODUCER, id="but where nothing else does"),
        pytest.param(stamped(PRODUCER, 0, observed_at=3), False, Skew.PRODUCER, id="nor a time to come that it had"),
        pytest.param(stamped(PRODUCER, 3), False, Skew.PRODUCER, id="nor the records own"),
        pytest.param(stamped(BROKER, 3), False, Skew.BROKER, id="a broker that is ahead"),
        pytest.param(stamped(BROKER, 0, received_at=-61), True, Skew.LATE, id="a copy of an old one"),
        pytest.param(stamped(BROKER, 0, received_at=-61, observed_at=-61), True, None, id="not one that is redriven"),
        pytest.param(stamped(BROKER, 0, received_at=-59), True, None, id="nor one that Kafka took its time for"),
        pytest.param(stamped(PRODUCER, -1, received_at=2), False, None, id="a little ahead is nothing"),
    ],
)
def test_whose_time_cannot_be_right(record: Record, is_signed: bool, skew: Skew | None) -> None:
    times = stated(record)
    found = skew_of(record, times.vouched() if is_signed else times, NOON)

    assert (found and found[0]) == skew


async def test_each_is_counted_and_each_tenants_is_logged_once_a_minute(worker: Worker) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            for tenant in (ACME, BETA):
                record = a_record(an_alert(), received=after(3))
                worker.reader.skew.look(record, stated(record), tenant, NOON)

    assert [(one["event"], one["tenant"], one["ahead_s"], one["clock"]) for one in logs] == [
        ("clock_ahead", tenant, 3, "producer") for tenant in (ACME, BETA)
    ]
    value = worker.metrics.registry.get_sample_value
    assert value("alert_router_clock_skew_total", {"clock": "producer"}) == 6
    problem = {"tenant": "acme", "reason": "clock_ahead"}
    assert value("alert_router_tenant_problems_total", problem) == 3


async def test_what_is_appended_late_is_no_fault_of_the_tenants(worker: Worker) -> None:
    record = stamped(BROKER, 0, received_at=-3600)

    with capture_logs() as logs:
        worker.reader.skew.look(record, stated(record).vouched(), ACME, NOON)

    assert [(one["event"], one["ahead_s"]) for one in logs] == [("appended_late", 3600)]
    assert worker.metrics.registry.get_sample_value("alert_router_clock_skew_total", {"clock": "late"}) == 1
