"""Somebody who was allowed what they ask for, and what is audited of it."""

from dataclasses import dataclass, replace
from typing import Final
from uuid import uuid4

from router.control.access.deciding import Decision, approve, decide
from router.control.access.permissions import Permission
from router.control.access.principal import Identity, Principal, PrincipalKind
from router.control.access.table import AccessTable
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.diagnostic import one_line
from router.ports.audit import Action, Actor, ActorKind, Entry, Interface, Origin, Outcome, Ruling
from router.ports.idempotency import Claim

_KINDS: Final = {
    PrincipalKind.USER: ActorKind.USER,
    PrincipalKind.KEY: ActorKind.KEY,
    PrincipalKind.WORKLOAD: ActorKind.WORKLOAD,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is audited: its id, and what sent it."""

    request_id: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, judged by one access table at one moment; `rule` is what allowed the request."""

    principal: Principal
    table: AccessTable
    now: Instant
    asked: Asked
    rule: str
    claim: Claim | None = None

    def decide(self, permission: Permission, tenant: str | None) -> Decision:
        """Whether they may do that as well."""
        return decide(self.table, self.principal, permission, tenant, self.now)

    def approve(
        self, permission: Permission, tenant: str | None, authors: frozenset[Identity] = frozenset()
    ) -> Decision:
        """Whether they may let that take effect where these have proposed it."""
        return approve(self.table, self.principal, authors, permission, tenant, self.now)

    def may_read(self, tenant: str) -> bool:
        """Whether they may know of this tenant at all."""
        return self.decide(Permission.TENANT_READ, tenant).allowed

    def attempt(self, action: Action, tenant: TenantId, resource: str) -> Entry:
        """What is audited of something that they were allowed to do."""
        ruling = Ruling(allowed=True, rule=self.rule)
        entry = entry_of(self.principal, self.asked, action, tenant, resource, ruling)
        return replace(entry, claim=self.claim)


def entry_of(
    principal: Principal, asked: Asked, action: Action, tenant: TenantId | None, resource: str, decision: Ruling
) -> Entry:
    """An entry of what this principal does."""
    identity = principal.identity
    by = "" if principal.maker is None else f"{principal.maker.issuer} {principal.maker.subject}".strip()
    return Entry(
        id=str(uuid4()),
        action=action,
        actor=Actor(_KINDS[principal.kind], identity.subject, identity.issuer, on_behalf_of=by),
        origin=Origin(Interface.API, user_agent=one_line(asked.user_agent)),
        decision=decision,
        outcome=Outcome.DONE if decision.allowed else Outcome.DENIED,
        tenant=tenant,
        resource=resource,
        request_id=asked.request_id,
    )
