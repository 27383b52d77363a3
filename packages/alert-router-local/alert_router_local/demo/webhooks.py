"""The bodies that a real Alertmanager 0.25 posted within 22 seconds, and the sample tenants that get them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Final

_RECORDED_AT: Final = datetime(2026, 11, 23, 5, 57, 41, tzinfo=UTC)
_TIME: Final = re.compile(r'"(startsAt|endsAt)":"(20[^"]*)"')
_TENANTS: Final = {"InstanceDown": "acme", "LongText": "acme", "HighLatency": "globex", "DiskFull": "initech"}
_ALL: Final = ("acme", "globex", "initech")


@dataclass(frozen=True, slots=True)
class Webhook:
    """One body, when it is posted after the start, and the tenants that get it."""

    offset_s: float
    tenants: tuple[str, ...]
    body: bytes


def recorded(now: datetime) -> Iterator[Webhook]:
    """The bodies in order, with the times of their alerts shifted so that the recording begins now."""
    shift = now - _RECORDED_AT
    lines = files(__package__).joinpath("alertmanager-0.25.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        row = json.loads(line)
        alertname = json.loads(row["body"])["groupLabels"]["alertname"]
        tenant = _TENANTS.get(alertname)
        yield Webhook(row["offset_s"], (tenant,) if tenant else _ALL, _moved(row["body"], shift).encode())


def _moved(body: str, shift: timedelta) -> str:
    def move(match: re.Match[str]) -> str:
        moved = datetime.fromisoformat(match[2]) + shift
        return f'"{match[1]}":"{moved.isoformat().replace("+00:00", "Z")}"'

    return _TIME.sub(move, body)
