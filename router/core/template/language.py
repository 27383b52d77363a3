"""What a tenant's template may say: its parts, their variables, filters, phrases and bounds.

Documented in `docs/templates.md`, which a test compares with this.
"""

from collections.abc import Mapping
from typing import Final

MAX_SOURCE: Final = 4_096
MAX_NODES: Final = 400
MAX_DEPTH: Final = 25
MAX_LOOPS: Final = 2
MAX_ITEMS: Final = 20
"""What a loop goes over; what is beyond is left out."""
MAX_STEPS: Final = 8_000
"""Nodes of the syntax, those in a loop counted once for each time that it may go round."""
MAX_OUTPUT: Final = 4_000
MAX_WORK: Final = 100_000
"""Characters that the filters of one message are given, all parts together."""
MAX_NUMBER: Final = 1_000_000

FILTERS: Final[Mapping[str, tuple[int, int]]] = {
    "bold": (0, 0),
    "code": (0, 0),
    "default": (1, 1),
    "dictsort": (0, 0),
    "first": (0, 0),
    "join": (0, 1),
    "last": (0, 0),
    "length": (0, 0),
    "link": (1, 1),
    "lower": (0, 0),
    "sort": (0, 0),
    "truncate": (1, 1),
    "upper": (0, 0),
}
"""The filters, each with how many arguments it takes at least and at most."""

FREE_ARGUMENTS: Final = frozenset({"default", "link"})
"""The filters whose argument may be any value; that of the others stands in the template."""

TESTS: Final = frozenset({"defined", "undefined"})
LOOP: Final = frozenset({"index", "first", "last", "length"})

PHRASES: Final[Mapping[str, str]] = {
    "firing": "firing",
    "resolved": "resolved",
    "not_reported": "not reported",
    "muted_upstream": "muted in Alertmanager",
    "ended_upstream": "ended, not reported as resolved",
    "no_longer_reported": "no longer reported",
    "rerouted": "moved",
    "reopened": "Reopened",
    "still_firing": "Still firing",
    "all_resolved": "All resolved",
    "critical": "critical",
    "error": "error",
    "warning": "warning",
    "info": "info",
    "runbook": "Runbook",
    "playbook": "Playbook",
    "dashboard": "Dashboard",
    "panel": "Panel",
    "query": "Query",
    "silence": "Silence",
}
"""The translated phrases by name, each with the English of the catalogue."""

_TIMES: Final = ("since", "until", "seen", "duration", "period")
_EVERYWHERE: Final = ("receiver", "route", "tenant", "subject", "t")
_MESSAGE: Final = (
    "status", "state", "level", "severity", "name", "labels", "counts", "total", "links", "trend",
    *_TIMES, *_EVERYWHERE,
)  # fmt: skip
_ALERT: Final = (
    "status", "state", "level", "severity", "name", "labels", "own_labels", "annotations", "summary",
    "description", "value", "values", "links", *_TIMES, *_EVERYWHERE,
)  # fmt: skip

PARTS: Final[Mapping[str, frozenset[str]]] = {
    "title": frozenset({*_MESSAGE, "mention"}),
    "counts": frozenset({*_MESSAGE, "reopened"}),
    "alert": frozenset(_ALERT),
    "links": frozenset(_MESSAGE),
    "footer": frozenset({*_MESSAGE, "updated"}),
    "reply": frozenset({*_MESSAGE, "mention", "news", "totals"}),
    "text": frozenset({*_MESSAGE, "mention", "heading", "tally", "alerts", "more", "rerouted"}),
    "alert_text": frozenset(_ALERT),
}
"""The parts that a tenant may write itself, each with the variables that it may use."""

NEVER_EMPTY: Final = frozenset({"title", "alert", "reply", "text"})
"""Where one of these prints nothing, the built-in part stands in."""

PARAGRAPHS: Final = frozenset({"title", "alert", "reply"})
"""The parts that may have several lines; the others are one."""
