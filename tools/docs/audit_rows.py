"""The rows of `docs/bounds.md` about the audit log."""

from typing import Final

from tools.docs.bound import Bound

_ENTRY: Final = "control/audit/test_entry.py::"

AUDIT: Final = (
    Bound("text in an audit entry", "characters", "control.audit.canonical", "MAX_TEXT", "cut",
          f"{_ENTRY}test_a_text_is_cut_at_the_bound"),
    Bound("differences in an audit entry", "", "control.audit.canonical", "MAX_DIFFERENCES", "counted",
          f"{_ENTRY}test_differences_beyond_the_bound_are_counted"),
    Bound("note that is read", "characters", "control.audit.note", "MAX_NOTE", "not a checkpoint",
          "control/audit/test_note.py::test_a_note_may_be_as_long_as_the_bound"),
)  # fmt: skip
