"""Which tenants Redis is to be given, and of whom it holds what the record did not write."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.core.cell import NO_CELL, CellName
from router.core.model.alert import TenantId
from router.core.model.token import ID_LENGTH
from router.ports.record import DriftKind, Fences, Standing

_NO_FENCES: Final = Fences(0, 0)


@dataclass(frozen=True, slots=True, order=True)
class Drift:
    """Something of a tenant that the record did not write: it stays until somebody adopts or discards it."""

    tenant: TenantId
    kind: DriftKind
    what: str = ""
    """The id of a token."""


def lagging(
    standing: Sequence[Standing], fences: Mapping[TenantId, Fences], cell: CellName = NO_CELL
) -> list[TenantId]:
    """Of whom a cell's Redis does not hold the newest generation, or has lost it; or the record does not know it."""
    return [one.tenant for one in standing if _lags(one, fences.get(one.tenant, _NO_FENCES), cell)]


def _lags(one: Standing, fences: Fences, cell: CellName) -> bool:
    is_noted = one.in_force or one.cell != cell
    return not fences.exceed(one) and not (is_noted and fences.hold(one, cell))


def keyed(standing: Sequence[Standing], fences: Mapping[TenantId, Fences], cell: CellName) -> frozenset[TenantId]:
    """Whose keys may be in a cell's Redis: those of its tenants, and of those who have not left it yet."""
    return frozenset(one.tenant for one in standing if one.cell == cell or fences.get(one.tenant, _NO_FENCES).own > 0)


def ahead(standing: Sequence[Standing], fences: Mapping[TenantId, Fences]) -> frozenset[Drift]:
    """Of whom Redis holds a generation that the record has not come to."""
    beyond = [one.tenant for one in standing if fences.get(one.tenant, _NO_FENCES).exceed(one)]
    return frozenset(Drift(tenant, DriftKind.AHEAD) for tenant in beyond)


def changed(tenants: Collection[TenantId], beyond: Collection[Drift]) -> frozenset[Drift]:
    """Of whom Redis holds something else than was projected, where that it is ahead does not say as much."""
    known = {one.tenant for one in beyond}
    return frozenset(Drift(tenant, DriftKind.CHANGED) for tenant in tenants if tenant not in known)


def token_drift(
    recorded: Mapping[str, TenantId], found: Mapping[str, TenantId], settled: Collection[TenantId]
) -> frozenset[Drift]:
    """Tokens by digest that only one of both holds, of tenants that are settled: nothing of theirs is on its way."""
    added = {(digest, tenant) for digest, tenant in found.items() if recorded.get(digest) != tenant}
    revoked = {(digest, tenant) for digest, tenant in recorded.items() if digest not in found}
    drift = [
        *(Drift(tenant, DriftKind.TOKEN_ADDED, digest[:ID_LENGTH]) for digest, tenant in added),
        *(Drift(tenant, DriftKind.TOKEN_REVOKED, digest[:ID_LENGTH]) for digest, tenant in revoked),
    ]
    return frozenset(one for one in drift if one.tenant in settled)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What looks like drift, which it is once two looks have found it: a change may lie between two readings."""

    seen: frozenset[Drift] = frozenset()

    def confirmed(self, seen: frozenset[Drift]) -> tuple[frozenset[Drift], "Suspicion"]:
        """What both looks have found, and what is suspected now."""
        return self.seen & seen, Suspicion(seen)
