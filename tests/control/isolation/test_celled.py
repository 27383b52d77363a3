"""A file names a cell that there is, and what writes a Redis directly takes files of its own cell alone."""

from typing import Final

import pytest

from router.control.isolation.celled import AnyCell, OwnCell
from router.control.isolation.promised import NO_PROMISE, Promise, Promised
from router.control.isolation.reading import read_isolation
from router.control.tenants import TenantControl
from router.core.cell import NO_CELL, Cell, CellName, Cells
from router.errors import ConfigurationError
from tests.config.samples import SMALL, changed
from tests.control.fakes import FakeGroups, FakeVersions, content

EU: Final = CellName("eu-1")
KNOWN: Final = {EU: Cell("https://eu-1.example.com"), CellName("us-1"): Cell("https://us-1.example.com")}


def of_cell(name: str) -> str:
    return changed("platform: {", f"platform: {{cell: {name}, ")


async def why(promise: Promise, text: str) -> str:
    """Why planning this file is refused; "" if it is not."""
    try:
        await TenantControl(FakeVersions(), FakeGroups(), promise=promise).plan(content(text), "acme.yaml")
    except ConfigurationError as error:
        return str(error)
    return ""


async def test_the_record_takes_files_of_every_cell_that_there_is() -> None:
    promise = AnyCell(Cells(EU, KNOWN), NO_PROMISE)

    assert [await why(promise, text) for text in (SMALL, of_cell("eu-1"), of_cell("us-1"))] == ["", "", ""]


async def test_a_cell_that_is_not_there_is_refused_where_it_stands() -> None:
    promise = AnyCell(Cells(EU, KNOWN), NO_PROMISE)

    assert await why(promise, of_cell("eu-2")) == (
        "acme.yaml:3:18: platform.cell: `eu-2` is not among the cells, did you mean `eu-1`?"
    )
    assert "add it to ALERT_ROUTER_CELLS of all roles first" in await why(
        AnyCell(Cells(), NO_PROMISE), of_cell("eu-1")
    )


@pytest.mark.parametrize(
    ("own", "text", "part"),
    [
        (
            EU,
            of_cell("us-1"),
            "this Redis is that of the cell `eu-1`; apply the file where ALERT_ROUTER_CELL is us-1",
        ),
        (EU, SMALL, "this Redis is that of the cell `eu-1`; add `cell: eu-1` here"),
        (NO_CELL, of_cell("us-1"), "this Redis is of no cell; apply the file where ALERT_ROUTER_CELL is us-1"),
        (EU, of_cell("mars"), "is not among the cells"),
    ],
)
async def test_what_writes_a_redis_directly_refuses_a_file_of_another_cell(
    own: CellName, text: str, part: str
) -> None:
    assert part in await why(OwnCell(Cells(own, KNOWN), NO_PROMISE), text)


async def test_what_writes_a_redis_directly_takes_files_of_its_own_cell() -> None:
    assert await why(OwnCell(Cells(EU, KNOWN), NO_PROMISE), of_cell("eu-1")) == ""
    assert await why(OwnCell(Cells(NO_CELL, KNOWN), NO_PROMISE), SMALL) == ""


async def test_what_a_level_promises_is_kept_besides() -> None:
    sealed = Promised(read_isolation("version: 1\ndefault: sealed\n", "isolation.yaml"))
    cells = Cells(EU, KNOWN)

    assert "needs `keys: own`" in await why(AnyCell(cells, sealed), of_cell("eu-1"))
    assert "needs `keys: own`" in await why(OwnCell(cells, sealed), of_cell("eu-1"))
