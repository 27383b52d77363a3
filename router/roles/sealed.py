"""Bodies of records: sealed by whoever of us appends them, opened by whoever reads them, each for its tenant.

Keys of records, digests of what senders group by, are named with a key of the tenant, so that nobody can try guesses.

A body that we seal is bound to the topic that it came in: what is held or dead-lettered stays bound to its origin, so
that it is as good when it comes back. What its sender has sealed already stays as it is. What does not open goes on
as it is, with the reason, and is dead-lettered.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from router.core.model.alert import AlertId, TenantId
from router.core.model.changed import replace
from router.core.model.instant import NEVER, Instant
from router.core.seal.envelope import MAGIC, KeyPurpose, as_text, is_sealed_text, of_text
from router.core.seal.names import is_name
from router.core.seal.sent import SENT_MAGIC, is_sent
from router.errors import KeyUnavailableError, UndecipherableError
from router.ports.dead_letter import LetterHeader, LetterLog
from router.ports.events import EVENT_PLACE, opened_event
from router.ports.kafka import TENANT, Headers, Record, RecordLog, Unopened
from router.ports.recovery import Past
from router.ports.sealing import TenantKeys, Vault
from router.roles.together import all_ended

_ERROR: Final = "error"
_OF_LETTER: Final = str(LetterHeader.TENANT)
_CLOSED: Final = (MAGIC, SENT_MAGIC)
_NO_KEY: Final = "there was no key to seal it with"

Handle = Callable[[Sequence[Record]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class SealedLog:
    """Seals what is appended of tenants whose data is sealed; `bound` are the topics that belong to one tenant.

    `of_others` are topics whose records came in another one, which their headers name.
    """

    records: RecordLog
    vault: Vault
    bound: Mapping[str, str] = field(default_factory=dict)
    of_others: frozenset[str] = frozenset()

    async def append(self, topic: str, value: bytes | None, key: bytes | None, headers: Headers) -> None:
        """Append one record; returns when all replicas have it.

        Raises:
            UnavailableError: nobody knows whether it was appended, or its tenant's key cannot be had now.
            PayloadError: it can never be appended.
        """
        stated = dict(headers)
        origin = stated.get(LetterHeader.ORIGIN_TOPIC, b"").decode() if topic in self.of_others else ""
        tenant = _tenant(stated, self.bound.get(origin or topic, ""))
        if tenant and self.vault.seals(tenant):
            keys, place = await self.vault.keys(tenant), origin or topic
            key = _kept_key(keys, key) if origin else _named_key(keys, key)
            if value and not _is_closed(value):
                value = keys.seal(KeyPurpose.PAYLOAD, place, value)
            if LetterHeader.ERROR in stated:
                headers = _with_sealed_error(keys, place, headers)
        await self.records.append(topic, value, key, headers)

    async def reached(self) -> bool:
        """Whether Kafka answers now."""
        return await self.records.reached()


def _named_key(keys: TenantKeys, key: bytes | None) -> bytes | None:
    return key if keys.names is None else keys.names.of_record(key)


def _kept_key(keys: TenantKeys, key: bytes | None) -> bytes | None:
    """The key of a record that Kafka has already: without a key to name it with it stays, or it could not be held."""
    try:
        return _named_key(keys, key)
    except KeyUnavailableError:
        return key


def _with_sealed_error(keys: TenantKeys, place: str, headers: Headers) -> Headers:
    """The explanation of a dead letter may quote its body; without a key it is left out, and the reason stays."""
    rest = [one for one in headers if one[0] != LetterHeader.ERROR]
    try:
        error = as_text(keys.seal(KeyPurpose.PAYLOAD, f"{place}/{_ERROR}", dict(headers)[LetterHeader.ERROR]))
    except KeyUnavailableError:
        error = _NO_KEY
    return [*rest, (str(LetterHeader.ERROR), error.encode())]


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens bodies of records as they are read."""

    vault: Vault
    bound: Mapping[str, str] = field(default_factory=dict)

    def before(self, handle: Handle) -> Handle:
        """What opens records, and then hands them over."""

        async def opened(records: Sequence[Record]) -> None:
            await handle(await self.open(records))

        return opened

    async def open(self, records: Sequence[Record]) -> Sequence[Record]:
        """The records with their bodies opened; the same ones where nothing is sealed."""
        owners = {at: _whose(one, self.bound) for at, one in enumerate(records) if _is_closed(one.value)}
        if not owners:
            return records
        keys = {whose: self.vault.at_hand(_as_tenant(whose)) for whose in set(owners.values())}
        if asked := [whose for whose, one in keys.items() if one is None]:
            keys |= zip(asked, await all_ended(map(self._keys, asked)), strict=True)
        return [_opened_record(one, keys[owners[at]]) if at in owners else one for at, one in enumerate(records)]

    async def _keys(self, whose: bytes) -> TenantKeys | None:
        """None where they cannot be had now; those of several tenants are waited for together."""
        try:
            return await self.vault.keys(_as_tenant(whose))
        except KeyUnavailableError:
            return None


def _as_tenant(whose: bytes) -> TenantId:
    return TenantId(whose.decode(errors="replace"))


def _whose(record: Record, bound: Mapping[str, str]) -> bytes:
    """As `_tenant`, of a record as it was read."""
    if owner := bound.get(record.topic):
        return owner.encode()
    named = of_letter = None
    for name, value in record.headers:
        if name == TENANT:
            named = value
        elif name == _OF_LETTER:
            of_letter = value
    return named or of_letter or b""


def _opened_record(record: Record, keys: TenantKeys | None) -> Record:
    if keys is None:
        return replace(record, unopened=Unopened.KEY_UNAVAILABLE)
    try:
        return record.opened(_opened(keys, record.topic, record.value or b""))
    except UndecipherableError:
        return replace(record, unopened=Unopened.UNDECIPHERABLE)
    except KeyUnavailableError:
        return replace(record, unopened=Unopened.KEY_UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class OpenedPast:
    """What went before, opened: bodies that came in, and what events hold of alerts."""

    past: Past
    opening: Opening

    async def exists(self) -> bool:
        """Whether anything was ever notified."""
        return await self.past.exists()

    async def events(self, since: Instant = NEVER) -> AsyncIterator[Sequence[Record]]:
        """All events since then, those of one key in their order, some at a time."""
        async for batch in self.past.events(since):
            yield [await self._event(one) for one in batch]

    async def received(self, since: Instant) -> AsyncIterator[Sequence[Record]]:
        """All inbound records since then that are there now, some at a time."""
        async for batch in self.past.received(since):
            yield await self.opening.open(batch)

    async def _event(self, record: Record) -> Record:
        """An event with its labels; one whose labels do not open stays as it is, and shows nobody's."""
        tenant = TenantId((record.key or b"").partition(b"/")[0].decode(errors="replace"))
        body = record.value or b""
        if b'"sealed":"' not in body:
            return record
        keys = await self.opening.vault.keys(tenant)
        try:
            opened = opened_event(
                body, lambda envelope: keys.open(KeyPurpose.STATE, EVENT_PLACE, envelope), partial(_alert_of, keys)
            )
        except (UndecipherableError, ValueError, KeyError, TypeError):
            return record
        return replace(record, value=json.dumps(opened, ensure_ascii=False).encode())


def _alert_of(keys: TenantKeys, stored: str) -> AlertId:
    if not is_name(stored):
        return AlertId(stored)
    if keys.names is None:
        raise UndecipherableError("what made the name of an alert is not there")
    return keys.names.alert_of(stored)


@dataclass(frozen=True, slots=True)
class OpenedLetters:
    """Dead letters as they are read by a person: body and explanation opened where this process has the keys."""

    log: LetterLog
    vault: Vault
    bound: Mapping[str, str] = field(default_factory=dict)
    sealed: set[TenantId] = field(default_factory=set)
    """Whose letters were opened: they are sealed again where they are redriven."""

    async def read(self, since: Instant, take: Callable[[Record], Awaitable[None]]) -> None:
        """Hand over each record that was appended since then; one that does not open as it is."""

        async def opened(record: Record) -> None:
            await take(await self._opened(record))

        await self.log.read(since, opened)

    async def _opened(self, record: Record) -> Record:
        stated = {name: value or b"" for name, value in record.headers}
        error = stated.get(LetterHeader.ERROR, b"").decode(errors="replace")
        if not _is_closed(record.value) and not is_sealed_text(error):
            return record
        origin = stated.get(LetterHeader.ORIGIN_TOPIC, b"").decode(errors="replace")
        tenant = _tenant(stated, self.bound.get(origin, ""))
        try:
            keys = await self.vault.keys(tenant)
            if is_sealed_text(error):
                text = keys.open(KeyPurpose.PAYLOAD, f"{origin}/{_ERROR}", of_text(error))
                rest = tuple(one for one in record.headers if one[0] != LetterHeader.ERROR)
                record = replace(record, headers=(*rest, (str(LetterHeader.ERROR), text)))
            if _is_closed(record.value):
                body = _opened(keys, origin, record.value or b"")
                record = replace(record, value=body, envelope=record.value)
                self.sealed.add(tenant)
        except (UndecipherableError, KeyUnavailableError, ValueError):
            return record
        return record


def _is_closed(value: bytes | None) -> bool:
    """Whether a body is sealed, by one of us or by its sender."""
    return value is not None and value.startswith(_CLOSED)


def _opened(keys: TenantKeys, topic: str, body: bytes) -> bytes:
    return keys.open_sent(body) if is_sent(body) else keys.open(KeyPurpose.PAYLOAD, topic, body)


def _tenant(stated: Mapping[str, bytes], bound: str) -> TenantId:
    """Whose record it is, by what it states; a topic's own tenant comes first, as where it is read."""
    named = stated.get(TENANT) or stated.get(LetterHeader.TENANT) or b""
    return TenantId(bound or named.decode(errors="replace"))
