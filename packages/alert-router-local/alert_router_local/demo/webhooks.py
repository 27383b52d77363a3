"""The bodies of the sample incident: the disk of a database runs full, the trouble spreads, and ends.

They are those of `docs/samples/incident`: each holds the texts of its alerts in five languages. Each is sent twice,
as a pair of Alertmanagers does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Final

_ENDED_AT: Final = datetime(2026, 11, 17, 9, 48, 10, tzinfo=UTC)
_TIME: Final = re.compile(r'"(startsAt|endsAt)": "(20[^"]*)"')
_PLOT: Final = {
    "1-appears.json": "a warning: one database has three hours until its disk is full",
    "2-spreads.json": "it spreads: another database has ten minutes left, and orders fail",
    "3-half-resolved.json": "half resolved: orders are taken again, one disk still fills",
    "4-ends.json": "all is resolved",
}
_BETWEEN_S: Final = 6.0
_TWIN_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Webhook:
    """One body, when it is posted after the start, and what it reports; nothing where it is sent again."""

    offset_s: float
    body: bytes
    plot: str


def incident(now: datetime) -> Iterator[Webhook]:
    """The bodies in order, with the times of their alerts shifted so that the incident ends with the last of them."""
    shift = now + timedelta(seconds=(len(_PLOT) - 1) * _BETWEEN_S) - _ENDED_AT
    for number, (name, plot) in enumerate(_PLOT.items()):
        text = files(__package__).joinpath("incident", name).read_text(encoding="utf-8")
        body, at_s = _moved(text, shift).encode(), number * _BETWEEN_S
        yield Webhook(at_s, body, plot)
        yield Webhook(at_s + _TWIN_S, body, "")


def _moved(body: str, shift: timedelta) -> str:
    def move(match: re.Match[str]) -> str:
        moved = datetime.fromisoformat(match[2]) + shift
        return f'"{match[1]}": "{moved.isoformat(timespec="seconds").replace("+00:00", "Z")}"'

    return _TIME.sub(move, body)
