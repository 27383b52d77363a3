"""A gateway sends senders of another cell's tenants to that cell, whatever else they bring."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest
from structlog.testing import capture_logs

from router.core.cell import NO_CELL, Cell, CellName, Cells
from router.core.model.alert import TenantId
from router.errors import UnavailableError
from router.http.problems import Problem
from router.roles.gateway.elsewhere import Elsewhere

ACME, BETA = TenantId("acme"), TenantId("beta")
EU, US = CellName("eu-1"), CellName("us-1")
CELLS: Final = Cells(EU, {EU: Cell("https://eu-1.example.com"), US: Cell("https://us-1.example.com")})


class Index:
    """What Redis has of tenants of other cells; changes are announced in their order."""

    def __init__(self) -> None:
        self.cells: dict[TenantId, CellName] = {}
        self.announced: list[TenantId] = []
        self.is_away = False

    def put(self, tenant: TenantId, cell: CellName | None) -> None:
        if cell is None:
            self.cells.pop(tenant, None)
        else:
            self.cells[tenant] = cell
        self.announced.append(tenant)

    async def changed_since(self, sequence: int) -> tuple[list[TenantId], int]:
        if self.is_away:
            raise UnavailableError("Redis: not there")
        return self.announced[sequence:], len(self.announced)

    async def elsewhere(self, tenants: Sequence[TenantId]) -> Mapping[TenantId, CellName]:
        return {one: self.cells[one] for one in tenants if one in self.cells}


def refusal(elsewhere: Elsewhere, tenant: TenantId = ACME) -> tuple[int, str, str]:
    """Status, name and URL of what a sender gets; nothing of all that where it is let through."""
    try:
        elsewhere.check(tenant)
    except Problem as problem:
        return problem.status, problem.name, problem.url
    return 0, "", ""


LET_IN: Final = (0, "", "")
SENT_AWAY: Final = (421, "wrong-cell", "https://us-1.example.com")


@pytest.fixture
async def index() -> Index:
    index = Index()
    index.put(ACME, US)
    index.put(BETA, None)
    return index


async def test_a_tenant_of_another_cell_is_sent_there_and_all_others_are_let_in(index: Index) -> None:
    elsewhere = Elsewhere(index, CELLS)
    await elsewhere.load()

    assert [refusal(elsewhere, TenantId(one)) for one in ("acme", "beta", "nobody")] == [SENT_AWAY, LET_IN, LET_IN]


async def test_who_moves_is_followed(index: Index) -> None:
    elsewhere = Elsewhere(index, CELLS)
    await elsewhere.load()
    index.put(ACME, None)
    index.put(BETA, US)
    await elsewhere.load()

    assert [refusal(elsewhere, one) for one in (ACME, BETA)] == [LET_IN, SENT_AWAY]


async def test_until_it_is_known_senders_try_again(index: Index) -> None:
    elsewhere = Elsewhere(index, CELLS)
    index.is_away = True
    with pytest.raises(UnavailableError):
        await elsewhere.load()

    assert refusal(elsewhere) == refusal(elsewhere, BETA) == (503, "tenant-unreachable", "")


async def test_what_was_known_holds_while_redis_is_away(index: Index) -> None:
    elsewhere = Elsewhere(index, CELLS)
    await elsewhere.load()
    index.is_away = True
    with pytest.raises(UnavailableError):
        await elsewhere.load()

    assert [refusal(elsewhere, one) for one in (ACME, BETA)] == [SENT_AWAY, LET_IN]


@pytest.mark.parametrize(("cell", "named"), [(CellName("mars-1"), "cell 'mars-1'"), (NO_CELL, "no cell")])
async def test_a_cell_whose_address_is_not_known_is_named_all_the_same(
    index: Index, cell: CellName, named: str
) -> None:
    index.put(ACME, cell)
    elsewhere = Elsewhere(index, CELLS)
    await elsewhere.load()

    assert refusal(elsewhere) == (421, "wrong-cell", "")
    with pytest.raises(Problem, match=f"the tenant is served by {named}; the operator knows where that is"):
        elsewhere.check(ACME)


async def test_it_is_logged_once_a_minute(index: Index) -> None:
    elsewhere = Elsewhere(index, CELLS)
    await elsewhere.load()

    with capture_logs() as logs:
        for _ in range(3):
            refusal(elsewhere)

    assert [(one["event"], one["tenant"], one["cell"]) for one in logs] == [("wrong_cell", ACME, US)]
