"""Stored alert groups: read them, and store a transition if nobody else has stored one meanwhile.

Reads and writes are pipelined; one apply a group. After any failure the caller reads again: what was stored shows as
a newer `rev`, and folding the same records again changes nothing.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from typing import Final

from router.adapters.redis import codec, keys
from router.adapters.redis.command import COMMANDS, Script
from router.adapters.redis.connection import Connection, due_at
from router.adapters.redis.forms.digest import read_share
from router.adapters.redis.plan import keys_of, plan_of, share_place, shares_key_of
from router.adapters.redis.sealed import ANY_NAMES, SealedTexts, is_sealed, stored_alert, stored_field
from router.core.digest.share import Share
from router.core.model.alert import AlertId, TenantId
from router.core.model.group import AlertGroup
from router.core.model.key import GroupId, GroupKey
from router.core.model.rules.names import ReceiverName
from router.core.seal.envelope import is_sealed_text
from router.core.seal.names import is_name
from router.errors import DestroyedKeyError, UndecipherableError
from router.ports.sealing import Naming, Vault
from router.ports.state import ApplyResult, Loaded, NextDue, StoreTransition, UnknownForm

_SCAN_BATCH: Final = 200


class GroupStore:
    """The alert groups of all tenants."""

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        self._redis = connection
        self._vault = vault
        self._named = set[TenantId]()
        """Tenants of whose groups some were found with names: these stay sealed, whoever the tenant is by now."""
        self._apply = Script("apply")

    async def load(self, tenant: TenantId, ids: Sequence[GroupId]) -> list[Loaded | None]:
        """Whole groups, in the order asked for."""
        answers = await self._redis.ask_all([COMMANDS.hgetall(keys.group_key(tenant, group)) for group in ids])
        self._finds_names(tenant for fields in answers if codec.NAMED in fields)
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
        naming = await self._naming({tenant for tenant, _, _ in wanted})
        asked = [_fields(alerts, naming.get(tenant)) for tenant, _, alerts in wanted]
        answers = await self._redis.ask_all([
            COMMANDS.hmget(keys.group_key(tenant, group), names)
            for (tenant, group, _), names in zip(wanted, asked, strict=True)
        ])  # fmt: skip
        found = list(map(_present, asked, answers))
        if self._finds_names(tenant for (tenant, _, _), one in zip(wanted, found, strict=True) if codec.NAMED in one):
            return await self.find_parts(wanted)
        pairs = zip(wanted, found, strict=True)
        return [await self._decoded(tenant, group, fields) for (tenant, group, _), fields in pairs]

    def _finds_names(self, tenants: Iterable[TenantId]) -> bool:
        """Whether some of these were not known to have names, and are to be asked for again by them."""
        fresh = {one for one in tenants if not self._is_sealed(one)} if self._vault is not None else set[TenantId]()
        self._named |= fresh
        return bool(fresh)

    def _is_sealed(self, tenant: TenantId) -> bool:
        return self._vault is not None and (self._vault.seals(tenant) or tenant in self._named)

    async def _naming(self, tenants: Iterable[TenantId]) -> Mapping[TenantId, Naming | None]:
        """What makes the names of those of these tenants who have any."""
        return {tenant: texts.keys.names for tenant, texts in (await self._texts(tenants)).items()}

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
        return [await self._read(tenant, alerts) for alerts in found]

    async def _read(self, tenant: TenantId, stored: Collection[str]) -> list[AlertId]:
        """The alerts that are stored by these ids or names."""
        if self._vault is None or not any(map(is_name, stored)):
            return list(map(AlertId, stored))
        texts = SealedTexts(await self._vault.keys(tenant))
        return list(dict.fromkeys(texts.readable(stored).values()))

    async def firing_in(
        self, wanted: Sequence[tuple[TenantId, ReceiverName, Sequence[AlertId]]]
    ) -> list[Mapping[AlertId, Sequence[GroupId]]]:
        """For each receiver the groups in which these alerts fire, by the index that `apply` keeps."""
        texts = await self._texts({tenant for tenant, _, _ in wanted})
        naming = {tenant: one.keys.names for tenant, one in texts.items()}
        asked = [_stored(alerts, naming.get(tenant)) for tenant, _, alerts in wanted]
        answers = await self._redis.ask_all([
            COMMANDS.hmget(keys.where_key(tenant, receiver), [*by, ANY_NAMES])
            for (tenant, receiver, _), by in zip(wanted, asked, strict=True)
        ])  # fmt: skip
        if self._finds_names(tenant for (tenant, _, _), found in zip(wanted, answers, strict=True) if found[-1]):
            return await self.firing_in(wanted)
        for tenant in {one[0] for one, found in zip(wanted, answers, strict=True) if found[-1]} & texts.keys():
            texts[tenant].expect_names()
        return [_groups(by, found) for by, found in zip(asked, answers, strict=True)]

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
            self._apply.on(keys_of(one, texts.get(one.tenant)), [plan_of(one, texts.get(one.tenant))])
            for one in transitions
        ])  # fmt: skip
        stored = [(one.tenant, score) for one, (_, *more) in zip(transitions, answers, strict=True) for score in more]
        return [ApplyResult(answer[0]) for answer in answers], {tenant: due_at(score) for tenant, score in stored}

    async def _texts(self, tenants: Iterable[TenantId]) -> Mapping[TenantId, SealedTexts]:
        """What seals for those of these tenants whose data is sealed.

        One that was put in clear before its keys were destroyed goes on in clear, whatever names are left.
        """
        if self._vault is None:
            return {}
        found = {one: SealedTexts(await self._vault.keys(one)) for one in tenants if self._is_sealed(one)}
        return {one: texts for one, texts in found.items() if self._vault.seals(one) or texts.keys.names is not None}

    async def ids(self, tenant: TenantId, after: GroupId, count: int) -> list[GroupId]:
        """The next ids after this one, in their order; every key of the tenant is looked at."""
        prefix, found = keys.group_key(tenant, GroupId("")), list[GroupId]()
        async for some in self._redis.scan(f"{prefix}*", _SCAN_BATCH):
            later = {one for key in some if (one := GroupId(key.removeprefix(prefix))) > after}
            found = sorted(later.union(found))[:count] if later else found
        return found

    async def everything(self, tenant: TenantId) -> AsyncIterator[AlertGroup]:
        """All groups of a tenant that can be read, whole: for a person who asks, since every key is looked at."""
        async for one in self._all(tenant):
            if isinstance(one, AlertGroup):
                yield one

    async def unread(self, tenant: TenantId) -> int:
        """How many groups of a tenant cannot be read here; every key is looked at."""
        return len([one async for one in self._all(tenant) if isinstance(one, UnknownForm)])

    async def _all(self, tenant: TenantId) -> AsyncIterator[Loaded]:
        prefix = keys.group_key(tenant, GroupId(""))
        seen = set[GroupId]()
        async for found in self._redis.scan(f"{prefix}*", _SCAN_BATCH):
            fresh = {GroupId(key.removeprefix(prefix)) for key in found} - seen
            seen |= fresh
            for one in await self.load(tenant, sorted(fresh)) if fresh else ():
                if one is not None:
                    yield one


def _fields(alerts: Sequence[AlertId], names: Naming | None) -> list[str]:
    """The fields of the head and of these alerts, by whatever they are stored."""
    plain = [field for alert in alerts for field in codec.alert_fields(alert)]
    named = [] if names is None else [stored_field(field, names) for field in plain]
    return [*codec.HEAD_FIELDS, codec.NAMED, *plain, *named]


def _present(fields: Sequence[str], values: Sequence[str | None]) -> dict[str, str]:
    """Those of the fields that are there."""
    return {name: value for name, value in zip(fields, values, strict=True) if value is not None}


def _stored(alerts: Sequence[AlertId], names: Naming | None) -> Mapping[str, AlertId]:
    """By what these alerts may be stored."""
    named = {} if names is None else {stored_alert(one, names): one for one in alerts}
    return {**{str(one): one for one in alerts}, **named}


def _groups(stored: Mapping[str, AlertId], found: Sequence[str | None]) -> Mapping[AlertId, Sequence[GroupId]]:
    """By alert the groups that are listed for it, by its id and by its name."""
    listed: dict[AlertId, dict[GroupId, None]] = {}
    for alert, groups in zip(stored.values(), found, strict=False):
        if groups:
            listed.setdefault(alert, {}).update(dict.fromkeys(map(GroupId, groups.split())))
    return {alert: list(groups) for alert, groups in listed.items()}
