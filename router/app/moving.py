"""How many messages that Slack shows now would move if a configuration were applied.

A message moves when the new routing tree no longer makes its notification of any alert that is stored for it. The
answer is as of now: alerts that come meanwhile are not waited for.
"""

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from router.core.alert import Alert, AlertGroup, Fingerprint, Status, TenantId
from router.core.notification import AlertState, Content, Notification
from router.core.route import assign
from router.core.tenant import Tenant


class Stored(Protocol):
    """Where notifications are kept."""

    def everything(self, tenant: TenantId) -> AsyncIterator[Notification]:
        """All notifications of a tenant, whole."""


Moves = Callable[[Tenant, Notification], bool]


def moves(tenant: Tenant, stored: Notification) -> bool:
    """Whether these rules no longer yield this notification; one whose alerts' labels were not kept stays.

    Where its alerts were grouped as sent, its own group stands for the sender's.
    """
    alerts = tuple(_alert(fp, state, state.content) for fp, state in stored.alerts.items() if state.content)
    group = AlertGroup(alerts, (), dict(stored.key.group), sender_group="", truncated=False)
    return bool(alerts) and all(one.key != stored.key for one in assign(tenant, group))


async def count_moving(store: Stored, tenant: Tenant, judge: Moves = moves) -> int:
    """How many live messages of the tenant would move under these rules."""
    moving = 0
    async for stored in store.everything(tenant.tenant_id):
        live = not stored.closed and stored.place is not None
        moving += live and judge(tenant, stored)
    return moving


def _alert(fingerprint: Fingerprint, state: AlertState, content: Content) -> Alert:
    status = Status.FIRING if state.firing else Status.RESOLVED
    registers = state.registers
    return Alert(fingerprint, status, content.labels, content.annotations, registers.start, registers.end)
