"""`alert-router retention report`: each kind with its oldest, its promise, and how it stands to that."""

import json
from unittest.mock import patch

from router.app.clocks import wall_clock
from router.control.retention_report import KindAge
from router.core.model.instant import HOUR, NEVER, Instant, Span
from router.settings import Settings
from tests.cli.running import refused, run

DAY = Span(24 * HOUR)


async def ages(_: Settings) -> tuple[KindAge, ...]:
    now = wall_clock()
    return (
        KindAge("Kafka:kafka.inbound_topic", "alerts.inbound", DAY, Instant(now - 30 * HOUR)),
        KindAge("Kafka:kafka.held_topic", "alerts.held", DAY, NEVER),
        KindAge("PostgreSQL:audit", "audit", DAY, Instant(now - 90 * HOUR), is_least=True),
    )


async def test_each_kind_is_a_line() -> None:
    with patch("router.cli.retention.retention_ages", ages):
        done = await run("retention", "report")

    assert done.code == 0, done
    inbound, held, audit = done.out.splitlines()
    assert inbound.startswith("Kafka:kafka.inbound_topic (alerts.inbound): oldest 20")
    assert inbound.endswith("promised 24 hours: kept_longer")
    assert held == "Kafka:kafka.held_topic (alerts.held): nothing, promised 24 hours: nothing_there"
    assert audit.endswith("kept_at_least")


async def test_programs_get_it_as_json() -> None:
    with patch("router.cli.retention.retention_ages", ages):
        done = await run("retention", "report", "--json")

    inbound, held, _ = json.loads(done.out)["kinds"]
    assert (inbound["standing"], round(inbound["age_hours"]), inbound["promised_hours"]) == ("kept_longer", 30, 24)
    assert (held["oldest"], held["age_hours"]) == (None, None)


async def test_without_kafka_the_setting_is_named() -> None:
    refused(await run("retention", "report"), 2, "ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS")
