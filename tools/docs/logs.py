"""`docs/logs.md`: events, levels and fields as the program has them, beside meanings that people write there."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import router
from router.roles.notify.line import Line
from tools.docs.log_calls import LEVELS, LogCall, calls_below
from tools.docs.markdown import code, table

PAGE: Final = Path(__file__).parents[2] / "docs/logs.md"
_HEAD: Final = ("event", "level", "fields", "meaning, and what to do")
_MARKS: Final = ("<!-- events -->\n", "\n<!-- end -->")
_ROW: Final = re.compile(r"^\| `([a-z_]+)` \| [^|]* \| [^|]* \| (.+) \|$", re.MULTILINE)
_UNNAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "notification_sent": tuple(Line.__annotations__),
    "notification_not_sent": tuple(Line.__annotations__),
    "serving": ("alerts", "operations"),
    "body_refused": ("trace_id",),
    "record_dead_lettered": ("topic", "partition", "offset", "trace_id"),
    "record_given_up": ("topic", "partition", "offset", "trace_id"),
}
"""Fields whose names do not stand where the event is logged."""


def page() -> str:
    """The page as it should be.

    Raises:
        ValueError: an event has no meaning there.
    """
    text = PAGE.read_text(encoding="utf-8")
    return with_table(text, calls_below(Path(router.__file__).parent))


def with_table(text: str, calls: Iterable[LogCall]) -> str:
    """The page with a row for each event that is logged, and none for any other; the same error."""
    begin, end = _MARKS
    before, rest = text.split(begin)
    written, after = rest.split(end)
    meanings = dict(_ROW.findall(written))
    by_event: dict[str, list[LogCall]] = {}
    for call in calls:
        by_event.setdefault(call.event, []).append(call)
    if missing := sorted(by_event.keys() - meanings.keys()):
        raise ValueError(f"docs/logs.md has no meaning of {', '.join(missing)}")
    rows = [_row(event, found, meanings[event]) for event, found in sorted(by_event.items())]
    return f"{before}{begin}{table(_HEAD, rows)}{end}{after}"


def _row(event: str, calls: Iterable[LogCall], meaning: str) -> tuple[str, ...]:
    levels = {level for call in calls for level in call.levels}
    fields = dict.fromkeys([*(field for call in calls for field in call.fields), *_UNNAMED.get(event, ())])
    named = ", ".join(level for level in LEVELS if level in levels)
    return code(event), named, ", ".join(map(code, fields)), meaning
