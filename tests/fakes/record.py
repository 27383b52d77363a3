"""The record and its projection in memory, as one projector sees them; either may be away."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from router.core.cell import NO_CELL, CellName
from router.core.model.alert import TenantId
from router.errors import UnavailableError
from router.ports.record import Fences, Standing, TenantState, Verdict, Wanted


class FakeWanting:
    """A `Wanting` of tenants that a test stands there."""

    def __init__(self) -> None:
        self.stand: list[Standing] = []
        self.is_away = False
        self.brings = True

    async def installation(self) -> str:
        if self.is_away:
            raise UnavailableError("PostgreSQL: not there")
        return "ours"

    async def standing(self) -> list[Standing]:
        return self.stand

    async def live_tokens(self) -> Mapping[str, TenantId]:
        return {}

    async def bring(self, tenant: TenantId, write: Callable[[Wanted], Awaitable[Verdict]]) -> Verdict | None:
        if not self.brings:
            return None
        [one] = [one for one in self.stand if one.tenant == tenant]
        return await write(Wanted(tenant, one.generation, TenantState.ACTIVE, None, (), (), {}, one.cell))

    async def woken(self, within_s: float) -> bool:
        return False


class FakeProjection:
    """A `Projection` that remembers generations alone."""

    def __init__(self) -> None:
        self.generations: dict[TenantId, int] = {}
        self.left: dict[TenantId, CellName] = {}
        self.is_away = False

    async def claim(self, installation: str, cell: CellName = NO_CELL) -> bool:
        if self.is_away:
            raise UnavailableError("Redis: not there")
        return True

    async def fences(self, tenants: Sequence[TenantId]) -> Mapping[TenantId, Fences]:
        return {one: Fences(own, own) for one, own in self.generations.items()}

    async def project(self, wanted: Wanted) -> Verdict:
        self.generations[wanted.tenant] = wanted.generation
        return Verdict.STORED

    async def leave(self, wanted: Wanted) -> Verdict:
        self.left[wanted.tenant] = wanted.cell
        return Verdict.ELSEWHERE

    async def disown(self, tenant: TenantId) -> None:
        raise AssertionError("nothing here is ahead")

    async def changed_by_others(self, tenants: Sequence[TenantId]) -> list[TenantId]:
        return []

    async def tokens(self) -> Mapping[str, TenantId]:
        return {}

    async def accept(self, tenant: TenantId) -> None:
        raise NotImplementedError

    async def managed_by(self) -> str:
        return "ours"

    async def note_past(self, tenant: TenantId, by: str) -> None:
        raise NotImplementedError

    async def noted_past(self, tenant: TenantId) -> str:
        return ""

    async def revive(self, tenant: TenantId, digests: Sequence[str]) -> None:
        raise NotImplementedError
