"""Append an accepted body to Kafka, with the headers that the worker reads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.model.instant import Instant, to_rfc3339
from router.errors import KeyUnavailableError, PayloadError, UnavailableError
from router.http.problems import Problem
from router.observe.incident import Incident
from router.ports.kafka import RECEIVED_AT, TENANT, RecordLog, TopicOf, record_key

_RETRY_AFTER_S: Final = 5
_JSON: Final = (("content-type", b"application/json"),)
_log = structlog.get_logger("router.gateway")


@dataclass(frozen=True, slots=True)
class Inbound:
    """One body on its way to Kafka."""

    tenant: TenantId
    body: bytes
    group: str
    """By what its sender keeps bodies of one group together."""
    received: Instant
    trace: Sequence[tuple[str, bytes]] = ()
    """The headers of its trace."""
    form: Sequence[tuple[str, bytes]] = _JSON
    """The headers by which the body can be read."""
    stated: bytes = b""
    """The key that its sender has made of its group, where that cannot be read here."""

    def headers(self) -> list[tuple[str, bytes]]:
        """The record's headers."""
        return [
            (TENANT, self.tenant.encode()),
            (RECEIVED_AT, to_rfc3339(self.received).encode()),
            *self.form,
            *self.trace,
        ]

    def key(self) -> bytes:
        """Bodies of one group of one sender go to one partition; a hint only."""
        return self.stated or record_key(self.tenant, self.group)


@dataclass(frozen=True, slots=True)
class InboundLog:
    """The topics of accepted bodies: each tenant's is that of its pool."""

    records: RecordLog
    topic_of: TopicOf
    failures: Incident = field(default_factory=Incident)

    async def append(self, inbound: Inbound) -> None:
        """Returns when all replicas have it.

        Raises:
            Problem: 503 when Kafka cannot take it now, or the tenant's key cannot be had, 413 when it never will.
        """
        try:
            await self.records.append(self.topic_of(inbound.tenant), inbound.body, inbound.key(), inbound.headers())
        except KeyUnavailableError as error:
            if self.failures.happens(str(error)):
                _log.warning("key_unavailable", error=str(error), tenant=inbound.tenant, times=self.failures.times)
            detail = "the tenant's key cannot be had now; send it again"
            raise Problem(503, "key-unavailable", detail, _RETRY_AFTER_S) from None
        except UnavailableError as error:
            if self.failures.happens(str(error)):
                _log.warning("append_failed", error=str(error), tenant=inbound.tenant, times=self.failures.times)
            raise Problem(503, "not-accepted", "Kafka cannot take it now; send it again", _RETRY_AFTER_S) from None
        except PayloadError as error:
            raise Problem(413, "body-too-large", str(error)) from None
        else:
            self.failures.ends()
