"""What a body says of itself that a gateway cannot read once it is sealed: how many alerts, and of which group."""

from dataclasses import dataclass
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.parse.bounds import BodyBounds
from router.ports.kafka import record_key
from router.roles.gateway.reading import read_body

_NO_TIME: Final = Instant(0)
"""When a body was received changes neither how many alerts it holds nor their group."""


@dataclass(frozen=True, slots=True)
class Content:
    """How many alerts a body holds, and the key of their group."""

    alerts: int
    group: str


def content_of(tenant: TenantId, body: bytes, bounds: BodyBounds) -> Content:
    """What a body holds, counted as a worker counts it.

    Raises:
        Problem: 400 where it is not a webhook, or none of its alerts can be read.
    """
    webhook = read_body(body, _NO_TIME, bounds)
    return Content(len(webhook.alerts) + len(webhook.rejected), record_key(tenant, webhook.sender_group).decode())
