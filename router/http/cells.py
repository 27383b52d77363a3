"""What is answered to who asks in the wrong cell."""

from router.core.cell import CellName, shown_cell
from router.http.problems import Problem


def wrong_cell(cell: CellName, url: str) -> Problem:
    """The same is answered in that cell, at that address; "" where nobody knows it here."""
    where = f"ask {url}" if url else "the operator knows where that is"
    return Problem(421, "wrong-cell", f"the tenant is served by {shown_cell(cell)}; {where}", url=url)
