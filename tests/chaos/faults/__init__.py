"""What is done to the system: a registry of faults, each with its bound and its row in docs/reliability.md."""

from typing import Final

from tests.chaos.faults import broker, processes, record, redis, slack, storms, tenants
from tests.chaos.faults.fault import Fault

FAULTS: Final[tuple[Fault, ...]] = (
    *processes.FAULTS,
    *redis.FAULTS,
    *broker.FAULTS,
    *slack.FAULTS,
    *tenants.FAULTS,
    *record.FAULTS,
    *storms.FAULTS,
)
