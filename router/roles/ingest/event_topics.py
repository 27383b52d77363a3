"""The topics that Alertmanagers write their events to: whose they are, and what becomes of what is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from router.core.match.labels import Labels
from router.core.model.alert import TenantId
from router.ports.kafka import Record

MAX_EVENT_BYTES: Final = 1024 * 1024
"""Bytes of an event that are read."""


class EventOutcome(StrEnum):
    """What became of an event."""

    NOTED = "noted"
    """Of an alert that a group shows, or of a silence that mutes one."""
    UNKNOWN = "unknown"
    """Of an alert that no group shows, or of a silence that mutes none, as far as this process has heard."""
    IGNORED = "ignored"
    """It says nothing of mutes, or is too old."""
    FOLDED = "folded"
    """Of alerts, which are folded as a webhook's are."""
    ASKED = "asked"
    """Of an alert that was just grouped there: whether it is to be notified of, Alertmanager is asked."""
    REFUSED = "refused"
    """Of alerts of a tenant whose Alertmanager cannot be asked: without `platform.alertmanager`."""
    FOREIGN = "foreign"
    """Of a tenant that the topic is not bound to, or that has no configuration."""
    UNREADABLE = "unreadable"
    NOT_STORED = "not_stored"


@dataclass(frozen=True, slots=True)
class EventTopic:
    """Whose events a topic holds: one tenant's, or by the value of a label those of several."""

    tenant: TenantId | None = None
    label: str = ""
    tenants: Mapping[str, TenantId] = field(default_factory=dict)
    receiver: str = ""
    """Alertmanager's receiver whose alerts are taken from the events; "" for none."""

    def owner(self, labels: Labels) -> TenantId | None:
        """Whose alert this is; None for nobody's."""
        return self.tenant or self.tenants.get(labels.get(self.label, ""))

    @property
    def owners(self) -> Sequence[TenantId]:
        """All whose events may be here."""
        return [self.tenant] if self.tenant else list(dict.fromkeys(self.tenants.values()))


def event_in(record: Record) -> bytes:
    """The event that a record holds.

    Raises:
        ValueError: it is larger than any that is read.
    """
    body = record.value or b""
    if len(body) > MAX_EVENT_BYTES:
        raise ValueError(f"{len(body)} bytes; at most {MAX_EVENT_BYTES} are read")
    return body
