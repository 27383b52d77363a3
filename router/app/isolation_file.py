"""The isolation policy in a file."""

from router.app.cells import cells_of
from router.config.files import read_text
from router.control.isolation.celled import AnyCell, OwnCell
from router.control.isolation.in_force import Isolation, isolation_in_force
from router.control.isolation.placed import CellsOf, Placed
from router.control.isolation.promised import NO_PROMISE, Pooled, Promise, Promised
from router.control.isolation.reading import Given
from router.settings import Settings


def isolation_of(settings: Settings) -> Isolation | None:
    """The policy that the settings name; None where they name none.

    Raises:
        ConfigurationError: it cannot be read, has mistakes, or promises what the settings do not keep.
    """
    file = settings.control.isolation_file
    return None if file is None else isolation_in_force(read_text(file), str(file), given_by(settings))


def given_by(settings: Settings) -> Given:
    """What levels need of the settings."""
    kafka = settings.kafka
    return Given(kafka.bound_topics, kafka.pools, cells_of(settings), kafka.partitions)


def promise_of(settings: Settings, cells_of_tenants: CellsOf, past: str = "") -> Promise:
    """What tenants' files have to keep: pools and cells that are there, and what the policy says where there is one.

    Without a record, and where somebody writes past it for the reason `past`, the tenant is of this cell.
    Raises as `isolation_of`.
    """
    found, cells = isolation_of(settings), cells_of(settings)
    promised: Promise = NO_PROMISE
    if found is not None:
        promised = Placed(found.policy, cells, cells_of_tenants, Promised(found.policy))
    pooled = Pooled(settings.kafka.pools, promised)
    recorded = settings.postgres.url is not None and not past
    return AnyCell(cells, pooled) if recorded else OwnCell(cells, pooled)
