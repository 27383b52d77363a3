"""What comes over a connection to a gateway: whole requests with odd parts, and what no client writes."""

import gzip
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.hostile.canaries import TOKEN
from tests.hostile.draw import bodies, texts
from tests.http.client import request

_METHODS: Final = ("GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PRI", "post", "X" * 9_000)
_PATHS: Final = (
    "/",
    "/live",
    "/ready",
    "/metrics",
    "/openapi.json",
    "//",
    "/v1/tenants//alerts",
    "/v1/tenants/victim/alerts",
    "/v1/tenants/..%2fvictim/alerts",
    "/v1/tenants/%00/alerts",
    "/v1/tenants/%ff/alerts",
    "*",
    "http://evil.example/",
    f"/v1/tenants/{'x' * 20_000}/alerts",
    f"/v1/tenants/victim/alerts?token={TOKEN}",
    f"/{TOKEN}",
    "/v1/tenants/victim/alerts/",
)
_ODD_HEADERS: Final[Sequence[Mapping[str, str]]] = (
    {"Content_Encoding": "gzip"},
    {"Content_Type": "text/plain"},
    {"Content_Type": "application/json; charset=utf-16"},
    {"Content_Length": "-1"},
    {"Content_Length": "9" * 30},
    {"Content_Length": "5, 6"},
    {"Transfer_Encoding": "chunked"},
    {"Transfer_Encoding": "gzip, chunked"},
    {"Expect": "100-continue"},
    {"Host": ""},
    {"Host": "a b"},
    {"Cookie": "a" * 30_000},
    {"Traceparent": f"00-{TOKEN}"},
    {"Upgrade": "websocket", "Connection": "Upgrade"},
    {"X_Forwarded_For": "::1, victim"},
    {"Authorization": f"Basic {TOKEN}"},
    {"Authorization": "Bearer"},
    {"Authorization": f"Bearer ar_{TOKEN}"},
    {"Authorization": f"Bearer {TOKEN * 500}"},
    {"Connection": "keep-alive"},
    {"User_Agent": "\x01\x7f"},
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What is written in pieces with pauses of so many seconds; then the connection is closed, or left open."""

    pieces: Sequence[bytes]
    pause_s: float = 0.0
    left_open: bool = False


def drawn(dice: random.Random, tenant: str, token: str) -> Sent:
    """One connection's worth, with a tenant's own token or a forged one."""
    data = _request(dice, tenant, token)
    match dice.randrange(8):
        case 0:
            return Sent([dice.randbytes(dice.choice([1, 500, 70_000]))], left_open=dice.random() < 0.5)
        case 1:
            return Sent([data[: dice.randrange(len(data))]], left_open=dice.random() < 0.5)
        case 2:
            return Sent([texts.flipped(dice, data[:2_000]) + data[2_000:]])
        case 3:
            return Sent([data[at : at + 40] for at in range(0, min(len(data), 1_200), 40)], pause_s=0.02)
        case 4:
            return Sent([data * dice.choice([2, 5])])
        case 5:
            head, _, rest = data.partition(b"\r\n")
            lines = b"".join(b"X-%d: %d\r\n" % (n, n) for n in range(dice.choice([90, 3_000])))
            return Sent([head + b"\r\n" + lines + rest])
        case _:
            return Sent([data])


def _request(dice: random.Random, tenant: str, token: str) -> bytes:
    own = {"Authorization": f"Bearer {token}", "Content_Type": "application/json"}
    headers = own | (dict(dice.choice(_ODD_HEADERS)) if dice.random() < 0.7 else {})
    body = bodies.drawn(dice)
    if headers.get("Content_Encoding"):
        body = gzip.compress(body, 1)
    method = dice.choice(_METHODS) if dice.random() < 0.2 else "POST"
    path = dice.choice(_PATHS) if dice.random() < 0.3 else f"/v1/tenants/{tenant}/alerts"
    return request(method, path, body, **headers)
