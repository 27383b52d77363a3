"""What stands beside a sender, in front of a gateway that is a fake."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import Request
from prometheus_client import CollectorRegistry
from starlette.routing import Route
from starlette.types import Message

from router.adapters.crypto.hpke import seal_to
from router.core.parse.bounds import BodyBounds
from router.core.seal.sent import Suite
from router.observe.incident import Incidents
from router.observe.metrics import Metrics
from router.roles.gateway.body import Bodies, BodyLimits
from router.roles.sender.keys import SenderKeys
from router.roles.sender.pinning import Pinning
from router.roles.sender.sealing import BesideSender, Sealing
from tests.fakes.sender import FakeGateway

MAX_BODY = 4_000
SENT = {"authorization": "Bearer ar_theirs", "content-type": "application/json"}


@dataclass
class Beside:
    """The role with a clock of its own, asked as over HTTP."""

    gateway: FakeGateway = field(default_factory=FakeGateway)
    now_s: float = 0.0
    own: str = ""
    pins: frozenset[str] | None = None

    def __post_init__(self) -> None:
        keys = SenderKeys(self.gateway, lambda: self.now_s)
        sealing = Sealing(self.gateway, keys, seal_to, Pinning(lambda: self.pins), Suite.HYBRID, BodyBounds(alerts=3))
        bodies, metrics = Bodies(BodyLimits(MAX_BODY, 0.05)), Metrics(CollectorRegistry())
        self.role = BesideSender(sealing, bodies, metrics.sender, lambda: self.own, Incidents())

    def sealing_with(self, suite: Suite) -> None:
        self.role = replace(self.role, sealing=replace(self.role.sealing, suite=suite))

    async def post(self, body: bytes, to: str = "acme", **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and document of the answer; `_` stands for `-` in headers, "" leaves one out."""
        given = SENT | {name.replace("_", "-"): value for name, value in headers.items()}
        scope = {
            "type": "http",
            "headers": [(name.encode(), value.encode()) for name, value in given.items() if value],
            "path_params": {"tenant": to},
        }
        pieces = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Message:
            return next(pieces)

        [route] = self.role.routes().routes
        assert isinstance(route, Route)
        answer = await route.endpoint(Request(scope, receive))
        return answer.status_code, json.loads(bytes(answer.body))
