"""Cells are named once, for all roles, and a process is of one that is there."""

import pytest

from router.app.cells import cells_of
from router.core.cell import NO_CELLS, Cell, CellName
from router.errors import ConfigurationError
from router.settings import read_settings

EU, US = CellName("eu-1"), CellName("us-1")
CELLS = '{"eu-1": {"url": "https://eu-1.example.com/", "region": "eu"}, "us-1": {"url": "https://us-1.example.com"}}'


def refused(patch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    for name, value in variables.items():
        patch.setenv(f"ALERT_ROUTER_{name}", value)
    with pytest.raises(ConfigurationError) as error:
        read_settings()
    return [str(one) for one in error.value.diagnostics]


def test_a_process_is_of_a_cell_that_is_there_and_knows_where_the_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_ROUTER_CELLS", CELLS)
    monkeypatch.setenv("ALERT_ROUTER_CELL", "eu-1")

    cells = cells_of(read_settings())

    assert (cells.own, cells.known[EU]) == (EU, Cell("https://eu-1.example.com", "eu"))
    assert (cells.url(US), cells.region(US), cells.control_url(US)) == ("https://us-1.example.com", "", "")
    assert cells.url(CellName("mars-1")) == ""


def test_without_them_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CELL", "CELLS"):
        monkeypatch.delenv(f"ALERT_ROUTER_{name}", raising=False)

    assert cells_of(read_settings()) == NO_CELLS


def test_a_process_of_a_cell_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    [near] = refused(monkeypatch, CELLS=CELLS, CELL="eu-2")
    monkeypatch.delenv("ALERT_ROUTER_CELLS")
    [none] = refused(monkeypatch, CELL="eu-1")

    assert near == "ALERT_ROUTER_CELL: `eu-2` is not among the cells, did you mean `eu-1`?"
    assert none == "ALERT_ROUTER_CELL: `eu-1` is not among the cells; add it to ALERT_ROUTER_CELLS of all roles"


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ('{"EU": {"url": "https://eu.example.com"}}', "is not a valid name"),
        ('{"eu-1": {}}', "ALERT_ROUTER_CELLS__EU-1__URL"),
        ('{"eu-1": {"url": "eu.example.com"}}', "is not a valid address"),
        ('{"eu-1": {"url": "https://eu.example.com", "regoin": "eu"}}', "REGOIN"),
        ("eu-1", "is not the JSON it must be"),
    ],
)
def test_a_cell_that_cannot_be_found_is_refused(monkeypatch: pytest.MonkeyPatch, cells: str, why: str) -> None:
    assert why in "".join(refused(monkeypatch, CELLS=cells))
