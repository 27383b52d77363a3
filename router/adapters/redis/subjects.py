"""People whose data was erased, one hash a tenant: the key of the digests, and by id what is known of each.

Redis drops the hash when the time of the last one has passed. With a signing key, one without a good signature for
its tenant, its id, the key and all that it consists of is on no list.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, Final

import structlog

from router.adapters.redis import keys
from router.adapters.redis.announcing import announced
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.signatures import NOTHING_SIGNED, Signatures
from router.core.model.alert import TenantId
from router.core.model.group import MessageRef
from router.core.model.instant import MILLISECOND, NEVER, Instant
from router.ports.signing import Purpose
from router.ports.subject_copies import KEY, Part, Parts
from router.ports.subjects import ErasedSubject, SubjectList

_FORM: Final = 1
_UNUSED_MS: Final = 24 * 60 * 60 * 1000
"""For how long a key is kept with which nobody was listed."""
_SIGNATURE: Final = "signature"
_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
_log: Final = structlog.get_logger("router.redis")


class SubjectRepository:
    """The lists of all tenants."""

    def __init__(self, connection: Connection, signatures: Signatures = NOTHING_SIGNED) -> None:
        self._redis = connection
        self._signatures = signatures

    async def of(self, tenant: TenantId) -> SubjectList:
        """A tenant's list."""
        stored = await self._redis.ask(COMMANDS.hgetall(subjects_key(tenant)))
        return read_subjects(tenant, stored, await self._redis.now(), self._signatures)

    async def begin(self, tenant: TenantId, key: bytes) -> bytes:
        """The key of the tenant's digests: the one that is stored, or else this one from now on."""
        place = subjects_key(tenant)
        await self._redis.ask(COMMANDS.hsetnx(place, KEY, b64encode(key).decode()))
        await self._redis.ask(COMMANDS.pexpire(place, _UNUSED_MS, nx=True))
        return b64decode(await self._redis.ask(COMMANDS.hget(place, KEY)))

    async def keep(self, tenant: TenantId, subject: ErasedSubject) -> None:
        """Store one of a list that was begun, in place of what was stored of it, and announce it."""
        place = subjects_key(tenant)
        stored = await self._redis.ask(COMMANDS.hgetall(place))
        known = read_subjects(tenant, stored, await self._redis.now(), self._signatures)
        last = max(one.until for one in (*known.all, subject))
        body = _written(self._signatures, tenant, stored[KEY], subject)
        await self._redis.ask(COMMANDS.hset(place, subject.subject_id, body))
        await self._redis.ask(COMMANDS.pexpireat(place, last // MILLISECOND))
        await self._redis.ask(announced(tenant))


class SubjectCopies:
    """The lists of all tenants as they are, whatever they hold; for what keeps them elsewhere too."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def parts(self, tenant: TenantId) -> Parts:
        """A tenant's list; nothing where nobody is on it."""
        stored: Mapping[str, str] = await self._redis.ask(COMMANDS.hgetall(subjects_key(tenant)))
        until = {id_: _until(text) for id_, text in stored.items() if id_ != KEY}
        last = max(until.values(), default=NEVER)
        if last == NEVER or KEY not in stored:
            return {}
        return {id_: Part(text, until.get(id_, last)) for id_, text in stored.items() if until.get(id_) != NEVER}

    async def restore(self, tenant: TenantId, parts: Parts) -> None:
        """Store parts that are missing, and announce it."""
        place, last = subjects_key(tenant), max(one.until for one in parts.values())
        await self._redis.ask(COMMANDS.hset(place, mapping={id_: one.text for id_, one in parts.items()}))
        left = max(1, (last - await self._redis.now()) // MILLISECOND)
        await self._redis.ask(COMMANDS.pexpire(place, left, nx=True))
        await self._redis.ask(COMMANDS.pexpire(place, left, gt=True))
        await self._redis.ask(announced(tenant))

    async def now(self) -> Instant:
        """Redis' time."""
        return await self._redis.now()


def _until(text: str) -> Instant:
    """NEVER for what nobody can read."""
    try:
        return Instant(int(json.loads(text)["until"]))
    except _UNREADABLE:
        return NEVER


def subjects_key(tenant: TenantId) -> str:
    """The hash of a tenant's list."""
    return keys.tenant_key(tenant, "subjects")


def read_subjects(tenant: TenantId, stored: Mapping[str, str], now: Instant, signatures: Signatures) -> SubjectList:
    """Those whose time has not passed; one that cannot be read, or is not trusted, is logged and left out."""
    if KEY not in stored:
        return SubjectList()
    found = [_read(tenant, id_, text, stored[KEY], signatures) for id_, text in sorted(stored.items()) if id_ != KEY]
    return SubjectList(b64decode(stored[KEY]), tuple(one for one in found if one is not None and one.until > now))


def _read(tenant: TenantId, id_: str, text: str, key: str, signatures: Signatures) -> ErasedSubject | None:
    try:
        body = json.loads(text)
        signature = body.pop(_SIGNATURE, "")
        subject = _subject(id_, body)
    except _UNREADABLE as error:
        _log.error("subject_unreadable", tenant=tenant, subject=id_, error=type(error).__name__)
        return None
    why = signatures.distrust(signature, Purpose.SUBJECT, tenant, id_, key, _text(body))
    if why is not None:
        _log.error("subject_refused", tenant=tenant, subject=id_, reason=why)
        return None
    return subject


def _subject(id_: str, body: Mapping[str, Any]) -> ErasedSubject:
    if body["v"] != _FORM:
        raise ValueError(f"form {body['v']!r} is not {_FORM}")
    until, begun, ended = (Instant(int(body[name])) for name in ("until", "begun", "ended"))
    deleted = tuple(MessageRef(str(channel), str(ts)) for channel, ts in body.get("deleted", []))
    return ErasedSubject(id_, bytes.fromhex(body["digest"]), until, begun, ended, int(body["hidden"]), deleted)


def _written(signatures: Signatures, tenant: TenantId, key: str, one: ErasedSubject) -> str:
    body = {
        "v": _FORM,
        "digest": one.digest.hex(),
        "until": one.until,
        "begun": one.begun_at,
        "ended": one.ended_at,
        "hidden": one.hidden,
        "deleted": [(shown.channel, shown.ts) for shown in one.deleted],
    }
    signature = signatures.sign(Purpose.SUBJECT, tenant, one.subject_id, key, _text(body))
    return _text(body | ({_SIGNATURE: signature} if signature else {}))


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, separators=(",", ":"))
