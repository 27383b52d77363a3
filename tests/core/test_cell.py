"""Cells are known by their names, and what is not known of one is left empty."""

from router.core.cell import NO_CELL, NO_CELLS, Cell, CellName, Cells, shown_cell

EU = CellName("eu-1")
CELLS = Cells(EU, {EU: Cell("https://eu-1.example.com", "eu", "https://control.eu-1.example.com")})


def test_where_a_cell_is_reached() -> None:
    assert (CELLS.url(EU), CELLS.control_url(EU), CELLS.region(EU)) == (
        "https://eu-1.example.com",
        "https://control.eu-1.example.com",
        "eu",
    )


def test_nothing_is_known_of_another() -> None:
    for cells, name in ((CELLS, CellName("mars-1")), (CELLS, NO_CELL), (NO_CELLS, EU)):
        assert (cells.url(name), cells.control_url(name), cells.region(name)) == ("", "", "")


def test_it_is_shown_by_its_name() -> None:
    assert (shown_cell(EU), shown_cell(NO_CELL)) == ("cell 'eu-1'", "no cell")
