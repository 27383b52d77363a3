"""A tenant's alert groups, what it uses, and how far it is kept apart, by a control API."""

from collections.abc import Sequence
from typing import Final

from router.adapters.control_http.asking import ControlServer, Query, Question
from router.adapters.control_http.reading import At, Read, facts_of, json_of, listed, pages, read, tenant_path
from router.control.group_rows import AlertRow, GroupRow
from router.control.isolation.in_force import Level
from router.core.budget.uses import Quota, Use
from router.core.model.alert import TenantId
from router.core.model.key import GroupId

_PAGE: Final = 200
_KNOWN: Final = frozenset(Quota)
"""A server of a later release may have more."""


class OpenGroup(Read):
    """A group, and where its message is; None while it has none."""

    message: dict[str, str] | None


class _Alert(Read):
    labels: dict[str, str] | None
    status: str
    shown: str | None
    starts_at: At


class _Group(Read):
    group: str
    group_labels: dict[str, str]
    channel: str | None
    phase: str
    firing: int
    since: At
    alerts: tuple[_Alert, ...] = ()
    alerts_besides: int = 0


class _Use(Read):
    name: str
    used: int
    limit: int


class RemoteGroups:
    """See `Groups`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def some(self, tenant: TenantId, wanted: Sequence[str], limit: int) -> list[GroupRow]:
        """Groups that are open and fit."""
        found = list[GroupRow]()
        query: Query = {"matcher": tuple(wanted), "limit": min(limit, _PAGE)}
        async for page in pages(self._server, tenant_path(tenant, "groups"), query):
            found += [_row(one) for one in page.items]
            if len(found) >= limit:
                break
        return found[:limit]

    async def all_open(self, tenant: TenantId) -> list[OpenGroup]:
        """All groups that are open."""
        query = {"limit": _PAGE}
        return [one async for one in listed(self._server, tenant_path(tenant, "groups"), OpenGroup, query)]

    async def one(self, tenant: TenantId, group: GroupId) -> GroupRow:
        """A group with its alerts."""
        answer = await self._server.ask(Question("GET", tenant_path(tenant, "groups", group)))
        return _row(json_of(answer))


class RemoteUsage:
    """See `Using`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def of(self, tenant: TenantId) -> list[Use]:
        """All that is known of a tenant's use."""
        found = listed(self._server, tenant_path(tenant, "usage"), _Use)
        return [Use(Quota(one.name), one.used, one.limit) async for one in found if one.name in _KNOWN]


def _row(found: object) -> GroupRow:
    one = facts_of(found, _Group)
    fields = found if isinstance(found, dict) else {}
    alerts = tuple(AlertRow(alert.labels, alert.status, alert.shown or "", alert.starts_at) for alert in one.alerts)
    channel, labels = one.channel or "", one.group_labels
    return GroupRow(one.group, labels, channel, one.phase, one.firing, one.since, fields, alerts, one.alerts_besides)


class _Level(Read):
    level: str
    data: str
    budget: str
    keys: str
    topic: str
    workers: str = "shared"
    pool: str | None = None
    store: str = "shared"
    region: str = "any"
    shard: int | None = None


class RemoteIsolation:
    """See `Isolating`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def policy(self) -> str:
        """The policy as it was written."""
        return (await self._server.ask(Question("GET", "/isolation"))).body.decode("utf-8", "replace")

    async def level(self, tenant: TenantId) -> Level:
        """The level of a tenant."""
        found = read(await self._server.ask(Question("GET", tenant_path(tenant, "isolation"))), _Level)
        apart = (found.workers, found.pool, found.store, found.region, found.shard)
        return Level(found.level, found.data, found.budget, found.keys, found.topic, *apart)
