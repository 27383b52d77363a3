"""What senders do while dashboards are recorded: all of them all the time, one of them much more in its storm."""

import json
from collections import Counter
from datetime import UTC, datetime

from tools.pictures.dashboards.traffic import BEATS, FAULTS, SECONDS, TENANT, bodies, spoilt

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def fired(seconds: range) -> Counter[str]:
    """How many alerts of each tenant fire in these seconds."""
    return Counter(
        tenant
        for second in seconds
        for tenant, body in bodies(second, NOW)
        for alert in json.loads(body)["alerts"]
        if alert["status"] == "firing"
    )


def test_every_tenant_sends_and_the_busiest_most() -> None:
    assert [tenant for tenant, _ in fired(range(SECONDS)).most_common()] == list(BEATS)


def test_in_its_storm_one_tenant_sends_several_times_as_much() -> None:
    assert fired(range(150, 200))[TENANT] > 3 * fired(range(250, 300))[TENANT]


def test_what_is_resolved_has_fired_before() -> None:
    open_ones: set[tuple[str, str]] = set()
    for second in range(60):
        for tenant, body in bodies(second, NOW):
            for alert in json.loads(body)["alerts"]:
                labels = (tenant, json.dumps(alert["labels"]))
                assert alert["status"] == "firing" or labels in open_ones
                open_ones.add(labels)


def test_what_goes_wrong_does_so_while_it_is_recorded() -> None:
    assert all(0 < fault.at < SECONDS for fault in FAULTS)
    assert {bool(spoilt(second)) for second in range(SECONDS)} == {True, False}
