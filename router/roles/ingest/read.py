"""A record as a webhook of a known tenant; what cannot be read of it is to be set aside with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from router.core.decide.policy import REPLAY_HORIZON
from router.core.fold.heard import heard, heard_in_part
from router.core.model.alert import RejectedAlert, TenantId, Webhook
from router.core.model.instant import Instant
from router.core.model.observation import Observations, observations
from router.core.parse.bounds import DEFAULT_BOUNDS, BodyBounds
from router.core.parse.webhook import parse, parsing
from router.errors import KeyUnavailableError, PayloadError, RebuildError, UndecipherableError, UntrustedError
from router.observe.metrics import Metrics
from router.ports.dead_letter import REDRIVEN
from router.ports.kafka import SOURCE, TENANT, UNREAD, Record, Source, Unopened, Unread
from router.ports.tracing import Span
from router.roles.ingest.dead_letters import DeadLetters
from router.roles.ingest.headers import header_text
from router.roles.ingest.observed import Times, claim, counted, stated
from router.roles.ingest.origins import Origins, Worth
from router.roles.ingest.pace import paced
from router.roles.ingest.skew import SkewWatch
from router.roles.ingest.tracing import RecordTracing
from router.roles.ingest.truncation import Truncations
from router.roles.ingest.understated import Understated
from router.roles.offload import LARGE, off_the_loop, off_the_loop_if_large
from router.roles.signed import body_digest, signed_digest
from router.roles.tenants import ActiveTenants
from router.roles.together import all_ended

ALONE: Final = 20
"""Bad alerts of one body that get a dead letter each; the rest go in one together."""


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record that could be read."""

    record: Record
    tenant: TenantId
    seen: Observations
    digest: bytes
    """What its body is known by."""
    is_whole: bool = True
    """Whether nothing of it was dead-lettered."""
    span: Span | None = field(default=None, compare=False)
    """Where its trace is recorded."""


@dataclass(frozen=True, slots=True)
class Bad:
    """What cannot be read, a record or one alert of it: whose it is, as far as is known, and why."""

    record: Record
    tenant: TenantId | None
    problem: PayloadError
    part: bytes | None = None
    """That alert as it was sent; None where it is all of the record."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one record; none where all of it is bad."""

    record: ReadRecord | None
    bad: Sequence[Bad] = ()


@dataclass(frozen=True, slots=True)
class RecordReader:
    """Reads records of at most `max_body` bytes; `bound` are topics that belong to one tenant."""

    tenants: ActiveTenants
    dead_letters: DeadLetters
    metrics: Metrics
    bound: Mapping[str, str]
    origins: Origins
    skew: SkewWatch
    max_body: int = 4 * 1024 * 1024
    bounds: BodyBounds = DEFAULT_BOUNDS
    truncations: Truncations = field(default_factory=Truncations)
    tracing: RecordTracing = field(default_factory=RecordTracing)
    understated: Understated | None = None
    """Where what comes is looked at for the first time; not where it comes again."""

    async def read(self, record: Record, now: Instant) -> Reading:
        """What can be used of the record, and what is to be set aside of it.

        Raises:
            RebuildError: its tenant has no configuration, and may have had one that Redis has lost.
            UntrustedError: its tenant's configuration is not to be trusted, and no earlier one is known.
            KeyUnavailableError: it is sealed, and its tenant's key cannot be had now.
        """
        tenant: TenantId | None = None
        try:
            _check_is_read(record)
            named = await self._tenant(record)
            _check_is_opened(record, named)
            body = self._body(record)
            digest = await off_the_loop_if_large(body, body_digest, body)
            worth = self.origins.check(record, named, signed_digest(record, digest))
            tenant = named
            times = stated(record)
            observed = self._observed(record, tenant, times.vouched() if worth is Worth.GOOD else times, now)
            webhook = await _parsed(body, observed, self.bounds)
            seen = _by_source(observations(webhook, observed), header_text(record, SOURCE))
        except PayloadError as error:
            return Reading(None, [Bad(record, tenant, error)])
        self.truncations.note(tenant, webhook)
        if self.understated is not None:
            await self.understated.look(record, tenant, webhook)
        if any(name == REDRIVEN for name, _ in record.headers):
            self.metrics.redriven.inc()
        bad = [Bad(record, tenant, PayloadError("bad_alert", one.error), one.body) for one in _few(webhook.rejected)]
        span = self.tracing.begin(record, tenant, worth)
        return Reading(ReadRecord(record, tenant, seen, digest, not webhook.rejected, span), bad)

    async def set_aside(self, reading: Reading) -> None:
        """Append what is bad to the dead letters, together.

        Raises:
            NotAppendedError: it may not be there; the record must not be committed.
        """
        add = self.dead_letters.add
        await all_ended(add(one.record, one.tenant, one.problem, part=one.part) for one in reading.bad)
        if reading.record is None:
            self.metrics.records.labels(outcome="dead_lettered").inc()

    def _observed(self, record: Record, tenant: TenantId, times: Times, now: Instant) -> Instant:
        self.skew.look(record, times, tenant, now)
        observed = counted(claim(record, times), record, now)
        if not is_in_time(observed, now):
            raise PayloadError("too_old", "received longer ago than alerts are remembered")
        return observed

    def _body(self, record: Record) -> bytes:
        body = record.value or b""
        if len(body) > self.max_body:
            raise PayloadError("too_large", f"{len(body)} bytes; at most {self.max_body} are read")
        return body

    async def _tenant(self, record: Record) -> TenantId:
        named = header_text(record, TENANT)
        bound = self.bound.get(record.topic)
        if bound is not None and named not in {None, bound}:
            raise PayloadError(
                "binding_violated", f"topic {record.topic} is bound to {bound!r}, the header names {named!r}"
            )
        tenant = bound or named
        if not tenant:
            raise PayloadError("tenant_missing", "the record has no header `tenant`")
        if await self.tenants.find(TenantId(tenant)) is None:
            if self.tenants.is_untrusted(TenantId(tenant)):
                raise UntrustedError(f"the configuration of tenant {tenant!r} is not signed as it must be")
            unreadable = self.tenants.is_unreadable(TenantId(tenant))
            if not unreadable and await self.tenants.is_lost(TenantId(tenant)):
                raise RebuildError(f"Redis has lost the data of tenant {tenant!r}: apply its configuration again")
            if await self.tenants.is_erased(TenantId(tenant)):
                raise PayloadError("unknown_tenant", f"tenant {tenant!r} was erased: its id is never given again")
            reason = "configuration_unreadable" if unreadable else "unknown_tenant"
            raise PayloadError(reason, f"tenant {tenant!r} has no configuration that this worker can read")
        return TenantId(tenant)


def _by_source(seen: Observations, source: str | None) -> Observations:
    match source:
        case Source.WHOLE:
            return heard(seen)
        case Source.PART:
            return heard_in_part(seen)
        case _:
            return seen


async def _parsed(body: bytes, observed: Instant, bounds: BodyBounds) -> Webhook:
    if len(body) > LARGE:
        return await off_the_loop(parse, body, observed, bounds)
    return await paced(parsing(body, observed, bounds))


def _check_is_read(record: Record) -> None:
    unread = {value.decode(errors="replace") for name, value in record.headers if name == UNREAD and value}
    for why in Unread:
        if why in unread:
            raise PayloadError(why, "the batch that it came in was not read")


def _check_is_opened(record: Record, tenant: TenantId) -> None:
    if record.unopened is Unopened.KEY_UNAVAILABLE:
        raise KeyUnavailableError(f"a key of tenant {tenant!r} cannot be had now")
    if record.unopened is Unopened.UNDECIPHERABLE:
        raise UndecipherableError(f"no key of tenant {tenant!r} opens it as a body of topic {record.topic}")


def _few(rejected: Sequence[RejectedAlert]) -> Sequence[RejectedAlert]:
    """Bad alerts to set aside alone; of very many the rest go in one, so that they cost the others no time."""
    if len(rejected) <= ALONE:
        return rejected
    rest = rejected[ALONE:]
    together = b"[" + b",".join(one.body for one in rest) + b"]"
    return [*rejected[:ALONE], RejectedAlert(together, f"{len(rest)} more; the first: {rest[0].error}")]


def is_in_time(observed: Instant, now: Instant) -> bool:
    """Whether what was observed then is taken now."""
    return observed >= now - REPLAY_HORIZON
