"""A tenant's file names a cell that is whose, and where, its level wants it."""

from collections.abc import Mapping
from typing import Final

import pytest

from router.control.isolation.placed import Placed
from router.control.isolation.promised import NO_PROMISE
from router.control.isolation.reading import Given, level_of, not_enforced, read_isolation
from router.control.tenants import TenantControl
from router.core.cell import Cell, CellName, Cells
from router.core.model.alert import TenantId
from router.errors import ConfigurationError
from tests.adapters.builders import ACME
from tests.config.samples import SMALL
from tests.control.fakes import FakeGroups, FakeVersions, content
from tests.control.isolation.test_celled import of_cell

EU, US, PLAIN = CellName("eu-1"), CellName("us-1"), CellName("plain-1")
CELLS: Final = Cells(EU, {
    EU: Cell("https://eu-1.example.com", "eu"),
    US: Cell("https://us-1.example.com", "us"),
    PLAIN: Cell("https://plain-1.example.com"),
})  # fmt: skip
GLOBEX: Final = TenantId("globex")
ALONE: Final = """\
version: 1
levels: [{name: alone, store: own}, {name: in-eu, region: eu}, {name: somewhere, region: named}]
default: shared
"""


async def why(level: str, text: str, others: Mapping[TenantId, CellName] | None = None, of: str = "acme") -> str:
    """Why a file is refused of a tenant with this level; "" if it is not."""
    policy = read_isolation(f"{ALONE}tenants: {{{of}: {level}}}\n", "isolation.yaml")

    async def cells_of() -> Mapping[TenantId, CellName]:
        return others or {}

    promise = Placed(policy, CELLS, cells_of, NO_PROMISE)
    try:
        await TenantControl(FakeVersions(), FakeGroups(), promise=promise).plan(content(text), "acme.yaml")
    except ConfigurationError as error:
        return str(error)
    return ""


async def test_a_cell_with_somebody_else_in_it_is_not_ones_own() -> None:
    assert await why("alone", of_cell("eu-1"), {GLOBEX: EU}) == (
        "acme.yaml:3:18: platform.cell: the level `alone` needs a cell of the tenant's own; globex is in this one"
    )
    assert await why("alone", of_cell("eu-1"), {GLOBEX: US, ACME: EU}) == ""


async def test_nobody_joins_a_cell_that_is_anothers_own() -> None:
    assert await why("alone", of_cell("eu-1"), {GLOBEX: EU}, "globex") == (
        "acme.yaml:3:18: platform.cell: `eu-1` is the cell of tenant globex alone, by its level; name another one"
    )
    assert await why("alone", of_cell("us-1"), {GLOBEX: EU}, "globex") == ""


async def test_a_cell_of_ones_own_is_named() -> None:
    assert await why("alone", SMALL) == (
        "acme.yaml:3:1: platform: the level `alone` of this tenant needs `cell: NAME` here, a cell that is its alone"
    )


@pytest.mark.parametrize(
    ("level", "cell", "part"),
    [
        ("in-eu", "eu-1", ""),
        ("in-eu", "us-1", "3:18: platform.cell: the level `in-eu` of this tenant needs a cell in region `eu`"),
        ("in-eu", "plain-1", "needs a cell in region `eu`"),
        ("somewhere", "us-1", ""),
        ("somewhere", "plain-1", "needs a cell whose region is named; name one of ALERT_ROUTER_CELLS"),
        ("shared", "plain-1", ""),
    ],
)
async def test_a_cell_is_in_the_region_that_the_level_wants(level: str, cell: str, part: str) -> None:
    found = await why(level, of_cell(cell))

    assert part in found
    assert bool(part) == bool(found)


async def test_a_tenant_of_no_cell_is_in_no_region() -> None:
    assert "acme.yaml:3:1: platform: the level `in-eu`" in await why("in-eu", SMALL)


async def test_sovereign_is_all_of_it() -> None:
    assert await why("sovereign", of_cell("eu-1")) == ""
    assert "a cell that is its alone" in await why("sovereign", SMALL)
    assert "whose region is named" in await why("sovereign", of_cell("plain-1"))
    policy = read_isolation("version: 1\ndefault: shared\ntenants: {acme: sovereign}\n", "isolation.yaml")
    level = level_of(policy, ACME)
    assert (level.keys, level.workers, level.store, level.region) == ("own", "own", "own", "named")


def enforced(text: str, cells: Cells) -> list[str]:
    return [str(one) for one in not_enforced(read_isolation(text, "policy"), text, Given({}, (), cells))]


def test_there_is_a_cell_for_each_who_needs_one_and_in_each_region() -> None:
    text = "version: 1\ndefault: shared\ntenants: {acme: sovereign, globex: sovereign}\n"
    one = Cells(EU, {EU: CELLS.known[EU]})

    assert enforced(text, CELLS) == []
    assert enforced(text, one) == [
        "3:36: tenants.globex: no cell is left for globex: 2 tenants need one each, there are 1; "
        "add one to ALERT_ROUTER_CELLS"
    ]
    far = "version: 1\nlevels: [{name: far, region: mars}]\ndefault: far\n"
    assert enforced(far, CELLS) == [
        "3:10: default: no cell is in region `mars`; add one to ALERT_ROUTER_CELLS, with its `region`"
    ]
    assert "no cell names a region" in enforced(text, Cells(PLAIN, {PLAIN: CELLS.known[PLAIN]}))[0]


def test_a_cell_of_its_own_is_given_by_name() -> None:
    assert "a cell of its own is given by name; name the tenants that have one" in "".join(
        enforced("version: 1\ndefault: sovereign\n", CELLS)
    )
