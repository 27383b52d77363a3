"""Stored alert groups: read them, and store a transition if nobody else has stored one meanwhile.

Reads and writes are pipelined; one apply a group. After any failure the caller reads again: what was stored shows as
a newer `rev`, and folding the same records again changes nothing.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Final

from router.adapters.redis import codec, keys
from router.adapters.redis.command import COMMANDS, Script
from router.adapters.redis.connection import Connection, due_at
from router.adapters.redis.forms.digest import read_share
from router.adapters.redis.plan import keys_of, plan_of, share_place, shares_key_of
from router.adapters.redis.sealed import SealedTexts, is_sealed
from router.core.digest.share import Share
from router.core.model.alert import AlertId, TenantId
from router.core.model.group import AlertGroup
from router.core.model.key import GroupId, GroupKey
from router.core.model.rules.names import ReceiverName
from router.core.seal.envelope import is_sealed_text
from router.errors import DestroyedKeyError, UndecipherableError
from router.ports.sealing import Vault
from router.ports.state import ApplyResult, Loaded, NextDue, StoreTransition, UnknownForm

_SCAN_BATCH: Final = 200


class GroupStore:
    """The alert groups of all tenants."""

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        self._redis = connection
        self._vault = vault
        self._apply = Script("apply")

    async def load(self, tenant: TenantId, ids: Sequence[GroupId]) -> list[Loaded | None]:
        """Whole groups, in the order asked for."""
        answers = await self._redis.ask_all([COMMANDS.hgetall(keys.group_key(tenant, group)) for group in ids])
        return [await self._decoded(tenant, group, fields) for group, fields in zip(ids, answers, strict=True)]

    async def load_parts(self, wanted: Sequence[tuple[TenantId, GroupKey, Sequence[AlertId]]]) -> list[Loaded]:
        """Each group with only the named alerts; a new one where none is stored."""
        found = await self.find_parts([(tenant, key.group_id, alerts) for tenant, key, alerts in wanted])
        return [group or AlertGroup(key) for group, (_, key, _) in zip(found, wanted, strict=True)]

    async def _decoded(self, tenant: TenantId, group: GroupId, fields: Mapping[str, str]) -> Loaded | None:
        """The group, opened first where it is sealed; what is in clear is looked at once."""
        if not is_sealed_text(fields.get("head", "")):
            found = codec.decode(group, fields)
            if not isinstance(found, UnknownForm) or not is_sealed(fields):
                return found
        if self._vault is None:
            return UnknownForm(group, f"{fields.get('v', '')}, sealed", fields.get("rev", ""))
        texts = SealedTexts(await self._vault.keys(tenant))
        try:
            return codec.decode(group, texts.open_fields(group, fields))
        except DestroyedKeyError:
            return UnknownForm(group, f"{fields.get('v', '')}, destroyed", fields.get("rev", ""))
        except UndecipherableError:
            return UnknownForm(group, f"{fields.get('v', '')}, undecipherable", fields.get("rev", ""))

    async def find_parts(self, wanted: Sequence[tuple[TenantId, GroupId, Sequence[AlertId]]]) -> list[Loaded | None]:
        """Each group, by its id, with only the named alerts; None where there is none."""
        answers = await self._redis.ask_all(
            [COMMANDS.hmget(keys.group_key(tenant, group), _fields(alerts)) for tenant, group, alerts in wanted]
        )
        pairs = zip(wanted, answers, strict=True)
        return [
            await self._decoded(tenant, group, _present(alerts, answer)) for (tenant, group, alerts), answer in pairs
        ]

    async def members(self, tenant: TenantId, ids: Sequence[GroupId]) -> list[Sequence[AlertId]]:
        """The alerts of each group, in no order; none where there is no group."""
        found = [dict[AlertId, None]() for _ in ids]
        left = dict.fromkeys(range(len(ids)), 0)
        while left:
            scanned = await self._redis.ask_all(
                [
                    COMMANDS.hscan(
                        keys.group_key(tenant, ids[place]), cursor, match=codec.ANY_ALERT, count=_SCAN_BATCH
                    )
                    for place, cursor in left.items()
                ]
            )
            answers = dict(zip(left, scanned, strict=True))
            for place, (_, fields) in answers.items():
                found[place] |= dict.fromkeys(map(codec.alert_of, fields))
            left = {place: cursor for place, (cursor, _) in answers.items() if cursor}
        return [list(alerts) for alerts in found]

    async def firing_in(
        self, wanted: Sequence[tuple[TenantId, ReceiverName, Sequence[AlertId]]]
    ) -> list[Mapping[AlertId, Sequence[GroupId]]]:
        """For each receiver the groups in which these alerts fire, by the index that `apply` keeps."""
        answers = await self._redis.ask_all([
            COMMANDS.hmget(keys.where_key(tenant, receiver), list(alerts)) for tenant, receiver, alerts in wanted
        ])  # fmt: skip
        return [
            {
                alert: [GroupId(group) for group in groups.split()]
                for alert, groups in zip(alerts, found, strict=True)
                if groups
            }
            for (_, _, alerts), found in zip(wanted, answers, strict=True)
        ]

    async def shares(
        self, tenant: TenantId, digest: AlertGroup, groups: Sequence[GroupId]
    ) -> Mapping[GroupId, Share]:
        """What a digest counts of each of these groups."""
        if not groups:
            return {}
        found = await self._redis.ask(COMMANDS.hmget(shares_key_of(tenant, digest), list(groups)))
        written = {group: text for group, text in zip(groups, found, strict=True) if text}
        if self._vault is not None and any(map(is_sealed_text, written.values())):
            texts = SealedTexts(await self._vault.keys(tenant))
            written = {group: texts.open(share_place(group), text) for group, text in written.items()}
        return {group: read_share(text) for group, text in written.items()}

    async def apply(self, transitions: Sequence[StoreTransition]) -> tuple[list[ApplyResult], NextDue]:
        """Store each transition, whole or not at all, in one round trip; and when the tenants have work next.

        That is by what the last one that was stored of each has left.
        """
        texts = await self._texts({one.tenant for one in transitions})
        answers = await self._redis.ask_all([
            self._apply.on(keys_of(one), [plan_of(one, texts.get(one.tenant))]) for one in transitions
        ])  # fmt: skip
        stored = [(one.tenant, score) for one, (_, *more) in zip(transitions, answers, strict=True) for score in more]
        return [ApplyResult(answer[0]) for answer in answers], {tenant: due_at(score) for tenant, score in stored}

    async def _texts(self, tenants: Iterable[TenantId]) -> Mapping[TenantId, SealedTexts]:
        """What seals for those of these tenants whose data is sealed."""
        if self._vault is None:
            return {}
        return {one: SealedTexts(await self._vault.keys(one)) for one in tenants if self._vault.seals(one)}

    async def ids(self, tenant: TenantId, after: GroupId, count: int) -> list[GroupId]:
        """The next ids after this one, in their order; every key of the tenant is looked at."""
        prefix, found = keys.group_key(tenant, GroupId("")), list[GroupId]()
        async for some in self._redis.scan(f"{prefix}*", _SCAN_BATCH):
            later = {one for key in some if (one := GroupId(key.removeprefix(prefix))) > after}
            found = sorted(later.union(found))[:count] if later else found
        return found

    async def everything(self, tenant: TenantId) -> AsyncIterator[AlertGroup]:
        """All groups of a tenant that can be read, whole: for a person who asks, since every key is looked at."""
        prefix = keys.group_key(tenant, GroupId(""))
        seen = set[GroupId]()
        async for found in self._redis.scan(f"{prefix}*", _SCAN_BATCH):
            fresh = {GroupId(key.removeprefix(prefix)) for key in found} - seen
            seen |= fresh
            for one in await self.load(tenant, sorted(fresh)) if fresh else ():
                if isinstance(one, AlertGroup):
                    yield one


def _fields(alerts: Sequence[AlertId]) -> list[str]:
    return [*codec.HEAD_FIELDS, *(field for alert in alerts for field in codec.alert_fields(alert))]


def _present(alerts: Sequence[AlertId], values: Sequence[str | None]) -> dict[str, str]:
    """The fields of these alerts and of the head that are there."""
    return {name: value for name, value in zip(_fields(alerts), values, strict=True) if value is not None}
