"""What applying a folder would do, tenant by tenant. Values alone: nothing is asked here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from router.control.change import Change
from router.control.ownership import Claim
from router.core.model.alert import TenantId


class Step(StrEnum):
    """What is done with a tenant."""

    CREATE = "create"
    CHANGE = "change"
    UNCHANGED = "unchanged"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a folder comes from, and at which commit; both "" where nobody knows: then it is applied by hand."""

    name: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a file wants a tenant to be: its text has the tenant's part, the operator's, or both."""

    tenant: TenantId
    file: str
    text: str


@dataclass(frozen=True, slots=True)
class PlannedTenant:
    """One tenant of a plan: the version that it was made of (0: none), and the one that it would become."""

    tenant: TenantId
    step: Step
    before: int
    after: int
    file: str = ""
    text: str = ""
    summary: str = ""
    diff: str = ""
    moving: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan for one installation: `server` is the address of its control API, "" where none is asked."""

    server: str
    source: Source
    message: str
    claim: Claim
    tenants: tuple[PlannedTenant, ...] = field(default=())

    @property
    def changes(self) -> bool:
        """Whether anything would be done."""
        return any(one.step is not Step.UNCHANGED for one in self.tenants)


@dataclass(frozen=True, slots=True)
class Known:
    """A tenant as it is there: its active version, and which source that is of ("": people)."""

    version: int
    owner: str


def planned(wish: Wish, change: Change) -> PlannedTenant:
    """What a wish comes to."""
    return PlannedTenant(
        tenant=wish.tenant,
        step=Step.UNCHANGED if change.unchanged else Step.CHANGE if change.before else Step.CREATE,
        before=change.before,
        after=change.after,
        file=wish.file,
        text=wish.text,
        summary=change.summary,
        diff=change.diff,
        moving=change.moving,
    )


def removals(known: Mapping[TenantId, Known], wanted: Iterable[TenantId], source: Source) -> list[PlannedTenant]:
    """The tenants that this source has applied and no longer has; those of others are never removed by it."""
    kept, ours = set(wanted), source.name if source.ref else ""
    if not ours:
        return []
    return [
        PlannedTenant(tenant, Step.REMOVE, one.version, 0, summary=f"no file of {ours} has it any more")
        for tenant, one in sorted(known.items())
        if tenant not in kept and one.owner == ours
    ]


def moved(then: PlannedTenant, now: PlannedTenant) -> bool:
    """Whether what was planned is no longer what would be done."""
    return (then.step, then.before, then.diff) != (now.step, now.before, now.diff)
