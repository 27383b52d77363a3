"""Who a tenant's configuration is applied by: a pipeline from one source, or people.

A version with a commit (`source_ref`) is of its source, and no other source changes it by mistake: neither a second
pipeline nor somebody by hand, whose change the pipeline would undo.
"""

from enum import StrEnum

from router.core.model.alert import TenantId
from router.diagnostic import one_line
from router.errors import OperationError
from router.ports.control import KeptVersion
from router.ports.provenance import Provenance


class Claim(StrEnum):
    """What a change does where the active version is of another source."""

    KEEP = "keep"
    """It is refused."""
    TAKE_OVER = "take_over"
    """The tenant is of the change's source from then on."""


def owner(made_by: Provenance) -> str:
    """The source of a pipeline; "" for people."""
    return made_by.source if made_by.source_ref else ""


def owner_of(active: KeptVersion | None) -> str:
    """The source that the active version is of; "" for people, and where nobody has stored it."""
    return owner(active.recorded.provenance) if active is not None and active.recorded is not None else ""


def check_owner(tenant: TenantId, active: KeptVersion | None, by: Provenance) -> None:
    """Whether a change by somebody may follow the active version.

    Raises:
        OperationError: that is of another source.
    """
    theirs, ours = owner_of(active), owner(by)
    if active is not None and theirs != ours:
        raise OperationError(
            f"tenant {tenant!r} is applied {source_text(theirs)}, and this change comes {source_text(ours)}",
            remedy="make it there, or add --take-over",
        )


def source_text(source: str) -> str:
    """A source as people read it."""
    return f"from {one_line(source)}" if source else "by hand"
