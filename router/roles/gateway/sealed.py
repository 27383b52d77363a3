"""A body that its sender has sealed: nothing of it can be read here, so its headers state what quotas need."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from router.core.seal.sent import MEDIA_TYPE, is_sent
from router.http.problems import Problem
from router.ports.kafka import ALERTS

_KEY: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)
_LONGEST: Final = 9
_HOW: Final = "send the header Alerts: with how many alerts the body holds"


@dataclass(frozen=True, slots=True)
class Stated:
    """What a sender states of a body that it has sealed: how many alerts, and the key of their group or ""."""

    alerts: int
    key: bytes

    def headers(self) -> tuple[tuple[str, bytes], ...]:
        """As the record has them."""
        return (("content-type", MEDIA_TYPE.encode()), (ALERTS, str(self.alerts).encode()))


def stated(headers: Mapping[str, str], body: bytes, most: int) -> Stated:
    """What a request states of its body, of at most so many alerts.

    Raises:
        Problem: 400 where it does not, or where the body is not sealed.
    """
    text = headers.get("alerts", "")
    alerts = int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST else 0
    if not alerts:
        raise Problem(400, "alerts-not-stated", _HOW)
    if alerts > most:
        raise Problem(400, "too-many-alerts", f"{alerts} alerts; a body may hold {most}")
    if not is_sent(body):
        raise Problem(400, "not-sealed", f"the body is not sealed in the form of {MEDIA_TYPE}")
    group = headers.get("alert-group", "")
    return Stated(alerts, group.encode() if _KEY.fullmatch(group) else b"")
