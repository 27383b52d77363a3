"""What is sealed of a tenant's alert groups and digests, by the key that sealed it, and sealed again with another.

A value that is sealed again is as long as before and means the same, so that nothing which reads it, counts its bytes
or compares revisions is any the wiser. Whoever changes a group at the same time comes first.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Final

from redis.exceptions import WatchError

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.plan import share_place
from router.adapters.redis.sealed import SealedTexts, field_place
from router.adapters.redis.server import Pipeline
from router.core.model.alert import TenantId
from router.core.model.key import GroupId
from router.core.seal.envelope import KeyId, is_sealed_text, of_text, read_envelope
from router.ports.sealing import TenantKeys

_KINDS: Final = ("g", "digest")
_ATTEMPTS: Final = 10


class RedisSealedValues:
    """The values of all tenants."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def counted(self, tenant: TenantId) -> Mapping[KeyId, int]:
        """How many values each key has sealed."""
        found = Counter[KeyId]()
        async for key in self._keys(tenant):
            fields = await self._redis.ask(COMMANDS.hgetall(key))
            found.update(one for text in fields.values() if (one := _sealed_with(text)) is not None)
        return found

    async def reseal(self, tenant: TenantId, newest: KeyId, tenant_keys: TenantKeys) -> int:
        """Seal with the newest key what another one has sealed; how many values that were."""
        texts, count = SealedTexts(tenant_keys), 0
        async for key in self._keys(tenant):
            for _ in range(_ATTEMPTS):
                try:
                    count += await self._reseal(key, newest, texts)
                    break
                except WatchError:
                    continue
        return count

    async def _reseal(self, key: str, newest: KeyId, texts: SealedTexts) -> int:
        async def again(pipeline: Pipeline) -> int:
            await pipeline.watch(key)
            fields: Mapping[str, str] = await pipeline.hgetall(key)
            older = {name: text for name, text in fields.items() if _sealed_with(text) not in {None, newest}}
            pipeline.multi()
            if older:
                pipeline.hset(key, mapping={name: _again(key, name, text, texts) for name, text in older.items()})
            await pipeline.execute()
            return len(older)

        return await self._redis.atomically(key, again)

    async def _keys(self, tenant: TenantId) -> AsyncIterator[str]:
        seen = set[str]()
        for kind in _KINDS:
            async for some in self._redis.scan(keys.tenant_key(tenant, kind, "*")):
                for key in [one for one in some if one not in seen]:
                    seen.add(key)
                    yield key


def _again(key: str, name: str, text: str, texts: SealedTexts) -> str:
    kind, group = key.rpartition("}:")[2].split(":")[:2]
    place = field_place(GroupId(group), name) if kind == "g" else share_place(GroupId(name))
    return texts.seal(place, texts.open(place, text))


def _sealed_with(text: str) -> KeyId | None:
    """The key that sealed a value; None for one in clear, or one that nobody can read anyhow."""
    if not is_sealed_text(text):
        return None
    try:
        return read_envelope(of_text(text)).key
    except ValueError:
        return None
