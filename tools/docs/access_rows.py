"""The rows of `docs/bounds.md` about the access document."""

from typing import Final

from tools.docs.bound import Bound

_TEST: Final = "control/access/test_reading.py::test_a_list_may_have_as_many_entries_as_the_bound"
_REFUSED: Final = "the document is refused, with line, column and remedy; the last good one stays"

ACCESS: Final = (
    Bound("issuers of the access document", "", "control.access.reading", "MAX_ISSUERS", _REFUSED, _TEST),
    Bound("own roles", "", "control.access.reading", "MAX_ROLES", _REFUSED, _TEST),
    Bound("bindings", "", "control.access.reading", "MAX_BINDINGS", _REFUSED, _TEST),
)
