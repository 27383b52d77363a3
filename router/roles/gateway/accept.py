"""Accept: authenticate the sender, bound the body, append to Kafka, and answer 2xx only then.

The body decides nothing but whether it can be read. A request is refused whole or accepted whole; a bad alert in a
good body is set aside later, by the worker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from router.core.budget.quota import Charge, Resource, charges_for_bytes, charges_for_request
from router.core.model.alert import TenantId
from router.core.model.instant import SECOND
from router.core.model.rules.limits import InboundRates
from router.core.parse.bounds import DEFAULT_BOUNDS, BodyBounds
from router.core.parse.naming import alert_named_in
from router.errors import UnavailableError
from router.http.alerts import ABORTED, AlertsRequest, Routes, alerts_routes
from router.http.connections import Ended
from router.http.problems import Problem
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.budget import Quota
from router.ports.tracing import leading_to
from router.roles.gateway.append import Inbound, InboundLog
from router.roles.gateway.authenticate import Authentication
from router.roles.gateway.body import Bodies, Hand
from router.roles.gateway.clock import GatewayClock
from router.roles.gateway.elsewhere import ONE_CELL, OtherCells
from router.roles.gateway.media import check_media_type, is_sealed_body
from router.roles.gateway.reading import read_body
from router.roles.gateway.sealed import stated
from router.roles.gateway.strangers import Strangers
from router.roles.gateway.tracing import RequestTrace, RequestTracing
from router.roles.memory import MemoryWatch
from router.roles.offload import off_the_loop_if_large
from router.roles.rules import KnownTenants, Limited

_BY_STATUS: Final[Mapping[int, TenantProblem]] = {
    400: TenantProblem.BODY_REFUSED,
    403: TenantProblem.NOT_CONFIGURED,
    408: TenantProblem.BODY_REFUSED,
    413: TenantProblem.BODY_REFUSED,
    415: TenantProblem.BODY_REFUSED,
    429: TenantProblem.OVER_QUOTA,
    ABORTED: TenantProblem.BODY_REFUSED,
}

_TOO_MUCH: Final[Mapping[Resource, str]] = {
    Resource.REQUESTS: "the tenant sends more requests than its quota allows",
    Resource.KIBIBYTES: "the tenant sends more bytes than its quota allows",
    Resource.ALERTS: "the tenant sends more alerts than its quota allows",
}
_MEMORY_RETRY_AFTER_S: Final = 10
_AWAY_RETRY_AFTER_S: Final = 5
_LONGEST_NUMBER: Final = 20
_ACCEPTED: Final = 202

_log = structlog.get_logger("router.gateway")


class SenderRequest(Protocol):
    """What a request shows of who makes it; `certificate` are the names of the one that was shown."""

    @property
    def tenant(self) -> TenantId:
        """The tenant of the URL."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers by lower-case name."""

    @property
    def certificate(self) -> frozenset[str]:
        """The names of the certificate that was shown."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What a tenant may hand in: so much by its configuration, so much at once, and in these sizes."""

    tenants: KnownTenants
    quota: Quota
    bodies: Bodies
    memory: MemoryWatch
    bounds: BodyBounds = DEFAULT_BOUNDS
    elsewhere: OtherCells = ONE_CELL

    def check_memory(self, tenant: TenantId) -> None:
        """Refuse the largest tenants while Redis is nearly full.

        Raises:
            Problem: 429 for one of them.
        """
        if self.memory.refuses(tenant):
            detail = "Redis is nearly full, and this tenant holds much of it; send it again, or ask the operator"
            raise Problem(429, "redis-memory", detail, _MEMORY_RETRY_AFTER_S)

    async def rates(self, tenant: TenantId) -> InboundRates:
        """How fast the tenant may send.

        Raises:
            Problem: as `rules`.
        """
        return (await self.rules(tenant)).inbound

    async def rules(self, tenant: TenantId) -> Limited:
        """What is known here of the tenant's rules.

        Raises:
            Problem: 403 without a configuration, 503 while it cannot be read.
        """
        rules = await self._rules(tenant)
        if rules is None:
            await self._check_not_erased(tenant)
            raise Problem(403, "tenant-not-configured", "the tenant has no configuration; apply one first")
        return rules

    async def check_certificate(self, tenant: TenantId, names: frozenset[str]) -> None:
        """Let in who has shown a certificate with these names.

        Raises:
            Problem: 403 where none of them is the tenant's, 503 while that cannot be known.
        """
        rules = await self._rules(tenant)
        if rules is None:
            await self._check_not_erased(tenant)
        if rules is None or not names & rules.certificates:
            detail = (
                "this certificate does not stand for the tenant of the URL; `platform.certificates` has its names"
            )
            raise Problem(403, "foreign-certificate", detail)

    async def _rules(self, tenant: TenantId) -> Limited | None:
        rules = await self.tenants.known(tenant)
        if rules is None and await self._may_have_rules(tenant):
            raise Problem(503, "tenant-unreachable", "its configuration cannot be read now", _AWAY_RETRY_AFTER_S)
        return rules

    async def _check_not_erased(self, tenant: TenantId) -> None:
        if await self.tenants.is_erased(tenant):
            raise Problem(403, "tenant-erased", "the tenant was erased, and its id is never given again")

    async def _may_have_rules(self, tenant: TenantId) -> bool:
        try:
            known = self.tenants.is_unreachable(tenant) or self.tenants.is_untrusted(tenant)
            return known or await self.tenants.is_lost(tenant)
        except UnavailableError:
            return True

    async def charge(self, tenant: TenantId, charges: Sequence[Charge]) -> None:
        """Take from the tenant's quota.

        Raises:
            Problem: 429 over quota.
        """
        over = await self.quota.take(tenant, charges)
        if over is not None:
            raise Problem(429, "quota-exceeded", _TOO_MUCH[over.resource], -(-over.retry_after // SECOND))


@dataclass(frozen=True, slots=True)
class Gateway:
    """The HTTP side of a gateway process; `clock` stamps what is received."""

    authentication: Authentication
    admission: Admission
    inbound: InboundLog
    clock: GatewayClock
    metrics: Metrics
    tracing: RequestTracing = field(default_factory=RequestTracing)
    strangers: Strangers = field(default_factory=Strangers)

    def routes(self) -> Routes:
        """The routes to mount."""
        return alerts_routes(self.accept)

    def answered(self, status: int) -> None:
        """Count an answer, of whatever path."""
        self.metrics.gateway.requests.labels(status=status).inc()

    def connection_ended(self, reason: Ended) -> None:
        """Count a connection that was cut off."""
        self.metrics.gateway.ended.labels(reason=reason).inc()

    def note(self) -> dict[str, object]:
        """What `/ready` is to name besides its checks."""
        senders = self.authentication.senders
        lost = {"tokens": "lost in Redis; the last good copy goes on"} if senders.lost else {}
        return {**lost, **({"tokens_refused": senders.refused} if senders.refused else {})}

    async def accept(self, request: AlertsRequest) -> int:
        """Accept one webhook body; how many alerts it holds.

        Raises:
            Problem: why it is refused.
        """
        tenant, headers, body = request.tenant, request.headers, b""
        await self._let_in(request)
        trace = self.tracing.begin(tenant, headers.get("traceparent", ""))
        with self.admission.bodies.hand(tenant) as hand:
            try:
                await self._check_clock()
                rates = await self.admission.rates(tenant)
                self.admission.check_memory(tenant)
                check_media_type(headers, opens=self.admission.tenants.is_sealed(tenant))
                body = await self._read(request, rates, hand)
                accepted = await self._admit(request, rates, body, trace)
            except Problem as problem:
                trace.end(problem.status)
                self._note_refused(tenant, problem, self._named_in(tenant, body), trace)
                raise
            trace.end(_ACCEPTED)
            return accepted

    async def _let_in(self, request: AlertsRequest) -> None:
        try:
            await check_sender(self.authentication, self.admission, request)
        except Problem as problem:
            self.strangers.note(self.admission.tenants, request.tenant, problem)
            raise

    def _named_in(self, tenant: TenantId, body: bytes) -> str:
        """The alert that logs name; none of a tenant whose data is sealed."""
        return "" if self.admission.tenants.is_sealed(tenant) else alert_named_in(body)

    async def _check_clock(self) -> None:
        """What is stamped with a wrong time may hide what fires, or keep red what has ended."""
        try:
            is_right = await self.clock.is_right()
        except UnavailableError:
            is_right = False
        if not is_right:
            raise Problem(503, "clock-unknown", "the time is not known here now; send it again", _AWAY_RETRY_AFTER_S)

    async def _read(self, request: AlertsRequest, rates: InboundRates, hand: Hand) -> bytes:
        """The body, paid for before it is read; bytes that are not announced are paid for before it is parsed."""
        announced = _announced(request.headers)
        hand.check_announced(announced)
        await self.admission.charge(request.tenant, charges_for_request(rates, announced))
        body = await hand.read(request.chunks)
        if not announced:
            await self.admission.charge(request.tenant, charges_for_bytes(rates, len(body)))
        return body

    async def _admit(self, request: AlertsRequest, rates: InboundRates, body: bytes, trace: RequestTrace) -> int:
        tenant, received = request.tenant, self.clock.now()
        if is_sealed_body(request.headers):
            known = stated(request.headers, body, self.admission.bounds.alerts)
            await self.admission.charge(tenant, [Charge(Resource.ALERTS, rates.alerts, known.alerts)])
            sealed = Inbound(tenant, body, "", received, trace.headers, known.headers(), known.key)
            await self._append(sealed)
            return known.alerts
        webhook = await off_the_loop_if_large(body, read_body, body, received, self.admission.bounds)
        if not webhook.alerts:
            return 0
        alerts = len(webhook.alerts) + len(webhook.rejected)
        await self.admission.charge(tenant, [Charge(Resource.ALERTS, rates.alerts, alerts)])
        await self._append(Inbound(tenant, body, webhook.sender_group, received, trace.headers))
        return len(webhook.alerts)

    async def _append(self, record: Inbound) -> None:
        await self.inbound.append(record)
        self.metrics.gateway.records.inc()

    def _note_refused(self, tenant: TenantId, problem: Problem, alert: str, trace: RequestTrace) -> None:
        """What a tenant's own sender does wrong; a Kafka that is away is nobody's fault there."""
        kind = _BY_STATUS.get(problem.status)
        if kind is not None:
            self.metrics.problems.count(tenant, kind, problem.name.replace("-", "_"))
            fields = leading_to(trace.trace)
            _log.warning(
                "body_refused", tenant=tenant, alert=alert, status=problem.status, reason=problem.name, **fields
            )


async def check_sender(authentication: Authentication, admission: Admission, request: SenderRequest) -> None:
    """Let in who may send for a tenant: by the token, or where none is sent by the certificate that was shown.

    A tenant of another cell is looked for first: nothing else of it is known here.

    Raises:
        Problem: who asks may not, or that cannot be known.
    """
    admission.elsewhere.check(request.tenant)
    authorization = request.headers.get("authorization", "")
    if request.certificate and not authorization:
        await admission.check_certificate(request.tenant, request.certificate)
    else:
        await authentication.check(request.tenant, authorization)


def _announced(headers: Mapping[str, str]) -> int:
    """The bytes that the body has, which the server sees to; 0 where it is not announced."""
    if "transfer-encoding" in headers:
        return 0
    announced = headers.get("content-length", "")
    return int(announced) if announced.isdecimal() and len(announced) < _LONGEST_NUMBER else 0
