"""What is stored of a tenant, as lines of files: as it was written, and never a secret."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final

from router.config import stored
from router.control.auditing import Export
from router.control.offboard import Offboarding
from router.core.model.alert import TenantId
from router.core.model.alert_state import AlertState
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant, to_rfc3339
from router.core.model.rules.silence import Silence
from router.errors import ConfigurationError
from router.ports.control import KeptVersion, LiveToken, StoredSilences

OpenAudit = Callable[[TenantId], AbstractAsyncContextManager[Export]]
"""The tenant's audit entries with their proofs."""

VERSIONS: Final = "configurations.jsonl"
TOKENS: Final = "tokens.jsonl"
SECRETS: Final = "secrets.jsonl"
SILENCES: Final = "silences.jsonl"
GROUPS: Final = "alert_groups.jsonl"
CHECKPOINT: Final = "audit/checkpoint"
ENTRIES: Final = "audit/entries.jsonl"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one of the files, without its end."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Exporting:
    """Reads it; `audit` is None where there is no audit log."""

    offboarding: Offboarding
    silences: StoredSilences
    audit: OpenAudit | None = None

    async def lines(self, tenant: TenantId) -> AsyncIterator[Line]:
        """Line by line, file by file.

        Raises:
            OperationError: nothing is stored of this tenant, or its audit entries cannot be proven yet.
        """
        belongings = await self.offboarding.belongings(tenant)
        for version in await self.offboarding.versions.versions(tenant):
            yield Line(VERSIONS, _json(_version(version)))
        for token in await self.offboarding.tokens.live(tenant):
            yield Line(TOKENS, _json(_token(token)))
        for name in belongings.secrets:
            yield Line(SECRETS, _json({"name": name}))
        for silence in await self.silences.all_of(tenant):
            yield Line(SILENCES, _json(_silence(silence)))
        async for group in self.offboarding.groups.everything(tenant):
            yield Line(GROUPS, _json(exported_group(group)))
        if self.audit is not None:
            async for line in self._audited(tenant, self.audit):
                yield line

    async def _audited(self, tenant: TenantId, audit: OpenAudit) -> AsyncIterator[Line]:
        async with audit(tenant) as exported:
            yield Line(CHECKPOINT, exported.checkpoint.removesuffix("\n"))
            async for one in exported.entries:
                yield Line(ENTRIES, str(one))


async def group_lines(groups: Iterable[AlertGroup]) -> AsyncIterator[Line]:
    """Some alert groups, as lines of their file."""
    for group in groups:
        yield Line(GROUPS, _json(exported_group(group)))


def _version(kept: KeptVersion) -> dict[str, Any]:
    made_by = kept.recorded.provenance if kept.recorded else None
    return {
        "version": kept.version,
        "active": kept.active,
        "applied_at": _time(kept.applied_at),
        "author": made_by.author if made_by else None,
        "message": made_by.message if made_by else None,
        "source": made_by.source if made_by else None,
        "text": _as_written(kept.text),
    }


def _as_written(text: str) -> str:
    """What its author wrote; as it is stored where this program cannot read it."""
    try:
        return stored.load(text).source_text
    except ConfigurationError:
        return text


def _token(token: LiveToken) -> dict[str, Any]:
    return {"id": token.id, "created_at": _time(token.created_at), "last_used_at": _time(token.last_used_at)}


def _silence(silence: Silence) -> dict[str, Any]:
    return {
        "id": silence.silence_id,
        "matcher_sets": [[str(one) for one in matchers] for matchers in silence.matcher_sets],
        "starts_at": _time(silence.starts_at),
        "ends_at": _time(silence.ends_at),
        "author": silence.author,
        "comment": silence.comment,
    }


def exported_group(group: AlertGroup) -> dict[str, Any]:
    """An alert group as it is exported, for JSON: with its alerts, and with what is redacted."""
    shown = group.posted
    return {
        "id": group.key.group_id,
        "receiver": group.key.receiver,
        "labels": dict(group.key.group),
        "closed": group.closed,
        "notified_at": _time(group.notified_at),
        "message": {"channel": shown.channel, "ts": shown.ts} if shown else None,
        "alerts": list(_alerts(group.alerts)),
    }


def _alerts(alerts: Mapping[Any, AlertState]) -> Iterator[dict[str, Any]]:
    for alert_id, alert in alerts.items():
        content = alert.content
        yield {
            "fingerprint": alert_id,
            "firing": alert.firing,
            "starts_at": _time(alert.registers.start),
            "ends_at": _time(alert.registers.end),
            "labels": dict(content.labels) if content else None,
            "annotations": dict(content.annotations) if content else None,
            "links": {"generator": content.generator_url, **content.links} if content else None,
        }


def _time(at: Instant) -> str | None:
    return None if at == NEVER else to_rfc3339(at)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
