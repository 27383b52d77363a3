"""Senders' tokens, stored as digests: a copy of Redis grants no access.

With a key, a row's signature binds a digest to its tenant and its time. A row without a good one is nobody's token:
who can write Redis mints none, and moves none to another tenant.
"""

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from redis.exceptions import WatchError

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS, Script
from router.adapters.redis.connection import Connection
from router.adapters.redis.generation import read_generation
from router.adapters.redis.server import Pipeline
from router.adapters.redis.signatures import NOTHING_SIGNED, Signatures, replace_field
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, NEVER, Instant, parse_rfc3339, to_rfc3339
from router.core.model.token import ID_LENGTH
from router.errors import UnavailableError
from router.ports.control import LiveToken
from router.ports.record import Permit, anybody
from router.ports.signing import Purpose, SignedRow, Untrusted
from router.ports.tenants import TokenChanges

_SCHEMA: Final = 1
_ATTEMPTS: Final = 20
REMEMBERED: Final = 1_000
"""Changes that are remembered; whoever was away for more of them reads all tokens."""
_REMEMBERED_MS: Final = 3_600_000
_REVOKED_MS: Final = 30 * 86_400_000


@dataclass(frozen=True, slots=True)
class _Row:
    tenant: TenantId
    created_at: str
    signature: str | None = None

    def text(self) -> str:
        """As it is stored; an earlier release leaves out of account what it does not know."""
        signed = {"signature": self.signature} if self.signature else {}
        return json.dumps({"v": _SCHEMA, "tenant": self.tenant, "created_at": self.created_at, **signed})


class TokenRepository:
    """All tokens of all tenants."""

    def __init__(
        self, connection: Connection, signatures: Signatures = NOTHING_SIGNED, permit: Permit = anybody
    ) -> None:
        self._redis = connection
        self._permit = permit
        self._signatures = signatures
        self._announce = Script("announce")

    async def add(self, tenant: TenantId, digest: str, at_most: int) -> bool:
        """Store a new token; False, and nothing stored, if the tenant has as many as `at_most` already."""
        await self._permit(tenant)
        value = self.written(tenant, digest, await self._redis.now())
        for _ in range(_ATTEMPTS):
            with suppress(WatchError):
                added = await self._add(tenant, digest, value, at_most)
                await self.announce([digest] if added else [])
                return added
        raise UnavailableError("Redis: tokens are being changed by others; try again")

    async def _add(self, tenant: TenantId, digest: str, value: str, at_most: int) -> bool:
        async def add(pipeline: Pipeline) -> bool:
            await pipeline.watch(keys.TOKENS)
            rows = _of(tenant, await pipeline.hgetall(keys.TOKENS))
            if sum(self._distrust(one, row) is None for one, row in rows.items()) >= at_most:
                return False
            pipeline.multi()
            pipeline.hset(keys.TOKENS, digest, value)
            await pipeline.execute()
            return True

        return await self._redis.atomically(keys.TOKENS, add)

    async def live(self, tenant: TenantId) -> list[LiveToken]:
        """The tenant's tokens, oldest first."""
        rows, uses = await self._redis.ask_all([COMMANDS.hgetall(keys.TOKENS), COMMANDS.hgetall(keys.TOKEN_USES)])
        tokens = [
            LiveToken(
                digest[:ID_LENGTH], _instant(row.created_at), _instant(uses.get(digest)), self._distrust(digest, row)
            )
            for digest, row in _of(tenant, rows).items()
        ]
        return sorted(tokens, key=lambda token: (token.created_at, token.id))

    async def revoke(self, tenant: TenantId, id_: str) -> bool:
        """Remove a token; False if the tenant has none with this id."""
        await self._permit(tenant)
        rows = await self._redis.ask(COMMANDS.hgetall(keys.TOKENS))
        named = [digest for digest in _of(tenant, rows) if digest[:ID_LENGTH] == id_]
        if not named:
            return False
        await self._note_revoked(named)
        if not await self._redis.ask(COMMANDS.hdel(keys.TOKENS, *named)):
            return False
        await self.announce(named)
        await self._redis.ask(COMMANDS.hdel(keys.TOKEN_USES, *named))
        return True

    async def _note_revoked(self, digests: Sequence[str]) -> None:
        """For as long as a gateway could bring them back."""
        now_ms = await self._redis.now() // MILLISECOND
        await self._redis.ask_all([
            COMMANDS.zadd(keys.TOKENS_REVOKED, dict.fromkeys(digests, now_ms)),
            COMMANDS.zremrangebyscore(keys.TOKENS_REVOKED, "-inf", now_ms - _REVOKED_MS),
        ])  # fmt: skip

    async def announce(self, digests: Sequence[str]) -> None:
        """Gateways find by their count of tokens what could not be announced."""
        announced = [self._announce.on([keys.TOKEN_CHANGES, keys.SEQUENCE], [one]) for one in digests]
        forgotten = COMMANDS.zremrangebyrank(keys.TOKEN_CHANGES, 0, -REMEMBERED - 1)
        if announced:
            await self._redis.ask_all(announced)
            await self._redis.ask_all([forgotten, COMMANDS.pexpire(keys.TOKEN_CHANGES, _REMEMBERED_MS)])

    async def tenant_of(self, digest: str) -> TenantId | None:
        """Whose token this is."""
        return self._owner(digest, await self._redis.ask(COMMANDS.hget(keys.TOKENS, digest)))

    async def all(self) -> dict[str, TenantId]:
        """Every digest that is trusted, and its tenant."""
        rows = await self._redis.ask(COMMANDS.hgetall(keys.TOKENS))
        return {digest: owner for digest, value in rows.items() if (owner := self._owner(digest, value))}

    async def changed_since(self, sequence: int) -> TokenChanges:
        """What is new for whoever knows all tokens as they were at that number of the sequence."""
        rows, stored, index = await self._redis.ask_all([
            COMMANDS.zrange(keys.TOKEN_CHANGES, f"({sequence}", "+inf", byscore=True, withscores=True),
            COMMANDS.hlen(keys.TOKENS),
            COMMANDS.get(keys.GENERATION),
        ])  # fmt: skip
        generation = read_generation(index)
        digests = [digest for digest, _ in rows]
        values = await self._redis.ask(COMMANDS.hmget(keys.TOKENS, digests)) if digests else []
        return TokenChanges(
            self._changed(digests, values),
            max((int(score) for _, score in rows), default=sequence),
            stored,
            len(rows) < REMEMBERED,
            generation.id if generation else "",
            generation is None or generation.is_doubtful(await self._redis.now()),
        )

    def _changed(self, digests: Sequence[str], values: Sequence[str | None]) -> dict[str, TenantId | None]:
        """What was added or revoked; whoever knew a token that is not trusted any more goes on with what it knew."""
        found = ((digest, value, self._owner(digest, value)) for digest, value in zip(digests, values, strict=True))
        return {digest: owner for digest, value, owner in found if owner or value is None}

    async def note_uses(self, digests: Collection[str]) -> None:
        """Store that these were used just now."""
        now = to_rfc3339(await self._redis.now())
        await self._redis.ask(COMMANDS.hset(keys.TOKEN_USES, mapping=dict.fromkeys(digests, now)))

    async def bring_back(self, tokens: Mapping[str, TenantId]) -> None:
        """Store tokens that were lost; not those that were revoked since. Gateways find them by their count."""
        if not tokens:
            return
        digests = list(tokens)
        revoked = await self._redis.ask(COMMANDS.zmscore(keys.TOKENS_REVOKED, digests))
        now = await self._redis.now()
        lost = [one for one, at in zip(digests, revoked, strict=True) if at is None]
        await self._redis.ask_all([
            COMMANDS.hsetnx(keys.TOKENS, one, self.written(tokens[one], one, now)) for one in lost
        ])  # fmt: skip

    async def signed_rows(self) -> AsyncIterator[SignedRow]:
        """Every token that can be read; what it is called holds its id."""
        for digest, text in sorted((await self._redis.ask(COMMANDS.hgetall(keys.TOKENS))).items()):
            row = _read(text)
            if row is not None:
                standing = self._signatures.standing(row.signature, Purpose.SENDER, *_parts(digest, row))
                name = f"token {digest[:ID_LENGTH]} of tenant {row.tenant!r}"
                yield SignedRow(name, (keys.TOKENS, digest), text, standing)

    async def sign(self, row: SignedRow) -> bool:
        """Sign it as it is, and announce it; False, and nothing done, if it was changed meanwhile."""
        digest, token = row.place[1], _read(row.text)
        if token is None or not await replace_field(
            self._redis, keys.TOKENS, row, self._signed(digest, token).text()
        ):
            return False
        await self.announce([digest])
        return True

    def written(self, tenant: TenantId, digest: str, created_at: Instant) -> str:
        """The row of a token, signed."""
        return self._signed(digest, _Row(tenant, to_rfc3339(created_at))).text()

    def _signed(self, digest: str, row: _Row) -> _Row:
        return replace(row, signature=self._signatures.sign(Purpose.SENDER, *_parts(digest, row)))

    def _distrust(self, digest: str, row: _Row) -> Untrusted | None:
        return self._signatures.distrust(row.signature, Purpose.SENDER, *_parts(digest, row))

    def _owner(self, digest: str, value: str | None) -> TenantId | None:
        row = _read(value) if value else None
        return row.tenant if row and self._distrust(digest, row) is None else None


def _parts(digest: str, row: _Row) -> tuple[str, str, str]:
    return digest, row.tenant, row.created_at


def _of(tenant: TenantId, rows: Mapping[str, str]) -> dict[str, _Row]:
    read = {digest: _read(value) for digest, value in rows.items()}
    return {digest: row for digest, row in read.items() if row and row.tenant == tenant}


def _read(value: str) -> _Row | None:
    """A stored value; the first versions kept the tenant alone. What cannot be read is nobody's token."""
    if not value.startswith("{"):
        return _Row(TenantId(value), "")
    try:
        stored = json.loads(value)
    except (ValueError, RecursionError):
        return None
    tenant, signature = stored.get("tenant"), stored.get("signature")
    if not isinstance(tenant, str) or not isinstance(signature, str | None):
        return None
    return _Row(TenantId(tenant), str(stored.get("created_at", "")), signature)


def _instant(text: str | None) -> Instant:
    try:
        return parse_rfc3339(text or "")
    except ValueError:
        return NEVER
