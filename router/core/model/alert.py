"""What Alertmanager sends, as values: alerts, and the webhook they came in.

Within a tenant an alert is known by its fingerprint and its labels together, since some senders give one fingerprint
to alerts whose labels differ. The fingerprint is opaque (Grafana strips labels after computing it), and computed as
Alertmanager does only where the sender left it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import Final, NewType

from router.core.frozen import frozen
from router.core.match.labels import Labels
from router.core.model.instant import Instant

TenantId = NewType("TenantId", str)
Fingerprint = NewType("Fingerprint", str)
AlertId = NewType("AlertId", str)
"""A fingerprint, and a digest of the labels behind a hyphen."""

Links = Mapping[str, str]
"""Web addresses by what they lead to."""

_FNV_OFFSET = 0xCBF29CE484222325
_FNV_PRIME = 0x100000001B3
_SEPARATOR = b"\xff"
_DIGEST_BYTES: Final = 6


class Status(StrEnum):
    """What the sender says of an alert."""

    FIRING = "firing"
    RESOLVED = "resolved"


@frozen
class Alert:
    """One observation of one alert."""

    alert_id: AlertId
    status: Status
    labels: Labels
    annotations: Labels
    starts_at: Instant
    """NEVER where it fires and nothing is known of its start."""
    ends_at: Instant
    """NEVER while it fires."""
    generator_url: str = ""
    links: Links = field(default_factory=dict)
    """What its sender links: `dashboard`, `panel`, `silence`, `image`, and `alertmanager`, the sender itself."""
    values: Mapping[str, float] = field(default_factory=dict)
    """What Grafana measured, by the name of its query."""

    @property
    def fingerprint(self) -> Fingerprint:
        """The sender's hash of it."""
        front, _, last = self.alert_id.rpartition("-")
        return Fingerprint(front or last)


@dataclass(frozen=True, slots=True)
class RejectedAlert:
    """One alert of a readable body that could not be read; it goes to the dead letters alone."""

    body: bytes
    error: str


@frozen
class Webhook:
    """The alerts of one webhook body.

    `group_labels` is None where the body has no grouping of its own (a single alert, a list). `sender_group` names
    the sender's group within the tenant, "" when unknown; it tells which alerts a later body should have repeated.
    `sender_route` is the route that made it there, "" when unknown: the same after the sender groups by other labels.
    `truncated` bodies need not hold them all; `unsent` counts what the sender left out. Of an
    `all_ended` body it left some out as well, and all of them have ended.
    """

    alerts: tuple[Alert, ...]
    rejected: tuple[RejectedAlert, ...]
    group_labels: Labels | None
    sender_group: str
    truncated: bool
    unsent: int = 0
    sender_route: str = ""
    all_ended: bool = False


def identify(given: Fingerprint, labels: Labels) -> AlertId:
    """What tells the alert from every other: the same whenever it is sent."""
    parts = (part for name in sorted(labels) for part in (name, labels[name]))
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return AlertId(f"{given}-{blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()}")


def fingerprint(labels: Labels) -> Fingerprint:
    """The FNV-1a hash that Alertmanager gives a label set (prometheus/common model.LabelSet.Fingerprint)."""
    value = _FNV_OFFSET
    for name, text in sorted((name.encode(), text.encode()) for name, text in labels.items()):
        for byte in name + _SEPARATOR + text + _SEPARATOR:
            value = ((value ^ byte) * _FNV_PRIME) & 0xFFFFFFFFFFFFFFFF
    return Fingerprint(f"{value:016x}")
