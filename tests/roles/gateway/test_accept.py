"""Accepting: a request is taken whole or refused whole, and 202 means that Kafka has it."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from fastapi import Request
from starlette.routing import Route
from starlette.types import Message
from structlog.testing import capture_logs

from router.core.budget.memory import Memory
from router.core.budget.quota import Charge, Over, Resource
from router.core.cell import CellName
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.model.rules.limits import Caps
from router.core.model.token import token_digest
from router.core.parse.bounds import BodyBounds
from router.core.seal.sent import SENT_MAGIC
from router.errors import UnavailableError
from router.http.cells import wrong_cell
from router.http.problems import Problem
from router.http.protocol import CERTIFICATE
from router.ports.kafka import record_key
from router.roles.gateway.accept import Admission, Gateway
from router.roles.gateway.append import InboundLog
from router.roles.gateway.authenticate import Authentication, SenderTokens
from router.roles.gateway.body import TENANT_SHARE, Bodies, BodyLimits
from router.roles.gateway.clock import GatewayClock, OwnClocks
from router.roles.gateway.quota import SharedQuota
from router.roles.gateway.tracing import RequestTracing
from router.roles.memory import MemoryWatch
from router.roles.sampling import Sampling
from router.roles.tenants import ActiveTenants
from tests.adapters.builders import ACME, BETA, NOON
from tests.bounds import tries, tries_time
from tests.fakes.traces import FakeTracer
from tests.roles.builders import INBOUND, a_body, a_document, an_alert
from tests.roles.worker import Site, Worker, a_site
from tests.schemas import assert_valid

TOKEN = "ar_ours"
MAX_BODY = 1000
BURST = 10_000
GOOD = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}


class Door:
    """A gateway over fakes, its tenant's token, and what has been read of the last body."""

    def __init__(self, site: Site, gateway: Gateway) -> None:
        self.site = site
        self.gateway = gateway
        self.pieces_read = 0
        self.stops = False
        self.goes_away = False
        self.certificate: frozenset[str] = frozenset()

    async def post(self, *pieces: bytes, to: str = "acme", **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and body of the answer to a request whose body comes in pieces; `_` stands for `-` in headers."""
        given = GOOD | {name.replace("_", "-"): value for name, value in headers.items()}
        scope = {
            "type": "http",
            "headers": [(name.encode(), value.encode()) for name, value in given.items() if value],
            "state": {CERTIFICATE: self.certificate},
            "path_params": {"tenant": to},
        }
        [route] = self.gateway.routes().routes
        assert isinstance(route, Route)
        answer = await route.endpoint(Request(scope, self._receive(iter(pieces))))
        return answer.status_code, json.loads(bytes(answer.body))

    def _receive(self, pieces: Iterator[bytes]) -> Any:
        self.pieces_read = 0

        async def receive() -> Message:
            self.pieces_read += 1
            piece = next(pieces, None)
            if piece is None and self.goes_away:
                return {"type": "http.disconnect"}
            if piece is None and self.stops:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

        return receive

    async def take(self, alerts: int) -> None:
        """So many alerts of the tenant's quota are used."""
        charge = Charge(Resource.ALERTS, (await self.gateway.admission.rates(ACME)).alerts, alerts)
        await self.gateway.admission.charge(ACME, [charge])

    @property
    def appended(self) -> list[bytes | None]:
        return [one.value for one in self.site.records.records]


@pytest.fixture
async def door() -> Door:
    site = await a_site(ACME, BETA)
    site.store.tokens[token_digest(TOKEN)] = ACME
    tenants, senders = ActiveTenants(site.tenants), SenderTokens(site.tokens)
    await tenants.load()
    await senders.load()
    metrics = Worker(site).metrics
    clock = GatewayClock(site.clock, OwnClocks(lambda: NOON, lambda: NOON), metrics)
    await clock.measure()
    return Door(
        site,
        Gateway(
            authentication=Authentication(senders),
            admission=Admission(
                tenants,
                SharedQuota(site.quota, lambda: Instant(1)),
                Bodies(BodyLimits(MAX_BODY, 0.05, 2 * MAX_BODY)),
                MemoryWatch(site.memory, tenants, metrics),
            ),
            inbound=InboundLog(site.records, lambda _: INBOUND),
            clock=clock,
            metrics=metrics,
        ),
    )


def refused(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    """Status and name of a refusal, which is a problem document."""
    status, document = answer
    assert document["status"] == status
    assert_valid("problem", document)
    return status, str(document["type"]).rpartition(":")[2]


async def test_what_kafka_has_is_accepted_with_its_number_of_alerts(door: Door) -> None:
    body = a_body(an_alert("A"), an_alert("B"))

    status, answer = await door.post(body)

    assert (status, answer) == (202, {"accepted": 2})
    assert_valid("accepted", answer)

    assert door.appended == [body]
    assert appended(door) == 1


class _AllElsewhere:
    """Every tenant is of another cell."""

    def check(self, tenant: TenantId) -> None:
        raise wrong_cell(CellName("us-1"), "https://us-1.example.com")


async def test_a_tenant_of_another_cell_is_sent_there_before_the_token_and_the_body_are_looked_at(door: Door) -> None:
    admission = replace(door.gateway.admission, elsewhere=_AllElsewhere())
    door.gateway = replace(door.gateway, admission=admission)

    for token in (GOOD["authorization"], "Bearer unknown", ""):
        answer = await door.post(a_body(an_alert()), authorization=token)
        assert refused(answer) == (421, "wrong-cell")
        assert (answer[1]["url"], door.pieces_read, door.appended) == ("https://us-1.example.com", 0, [])


async def test_what_cannot_be_stamped_rightly_is_refused_until_the_time_is_known(door: Door) -> None:
    unmeasured = GatewayClock(door.site.clock, OwnClocks(lambda: NOON, lambda: NOON), door.gateway.metrics)
    door.gateway = replace(door.gateway, clock=unmeasured)
    door.site.clock.faults.away = True

    assert refused(await door.post(a_body(an_alert()))) == (503, "clock-unknown")

    door.site.clock.faults.away = False
    assert (await door.post(a_body(an_alert())))[0] == 202


async def test_a_body_may_come_in_pieces(door: Door) -> None:
    body = a_body(an_alert())

    assert await door.post(*(body[index : index + 10] for index in range(0, len(body), 10))) == (202, {"accepted": 1})

    assert door.appended == [body]


async def test_a_bad_alert_in_a_good_body_is_accepted_with_it(door: Door) -> None:
    body = a_body(an_alert(), {"labels": {}})

    assert await door.post(body) == (202, {"accepted": 1})

    assert door.appended == [body]


async def test_an_alert_with_too_large_labels_is_a_bad_one(door: Door) -> None:
    small = replace(door.gateway.admission, bounds=BodyBounds(label_value=100))
    door.gateway = replace(door.gateway, admission=small)
    good, bad = an_alert("A", text="x" * 100), an_alert("B", text="x" * 101)

    assert await door.post(a_body(good, bad)) == (202, {"accepted": 1})
    status, problem = await door.post(a_body(bad))

    assert (status, problem["type"]) == (400, "urn:alert-router:problem:no-readable-alert")
    assert "label 'text' has 101 bytes; at most 100 are allowed" in problem["detail"]
    assert door.appended == [a_body(good, bad)]


async def test_a_body_without_alerts_is_accepted_and_not_appended(door: Door) -> None:
    assert await door.post(a_body()) == (202, {"accepted": 0})

    assert door.appended == []
    assert appended(door) == 0, "else a rule takes it for a record that nobody reads"


def appended(door: Door) -> float | None:
    """How many bodies are counted as being in Kafka."""
    return door.gateway.metrics.registry.get_sample_value("alert_router_gateway_records_total")


BAD: Iterable[tuple[bytes, str]] = [
    (b"{", "not-json"),
    (b"{}", "not-a-webhook"),
    (b'{"version": "2", "alerts": []}', "not-a-webhook"),
    (a_body({"labels": {}}), "no-readable-alert"),
]


@pytest.mark.parametrize(("body", "problem"), BAD)
async def test_a_body_that_cannot_be_read_is_refused(door: Door, body: bytes, problem: str) -> None:
    assert refused(await door.post(body)) == (400, problem)

    assert door.appended == []


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"content_type": ""}, (415, "not-json")),
        ({"content_type": "text/plain"}, (415, "not-json")),
        ({"content_type": "application/json; charset=utf-8"}, None),
        ({"content_type": "Application/JSON"}, None),
        ({"content_encoding": "gzip"}, (415, "encoded-body")),
        ({"content_encoding": "identity"}, None),
        ({"authorization": "Bearer ar_guessed"}, (401, "unknown-token")),
        ({"authorization": ""}, (401, "token-missing")),
    ],
)
async def test_the_headers_decide_before_the_body_is_read(
    door: Door, headers: dict[str, str], expected: tuple[int, str] | None
) -> None:
    answer = await door.post(a_body(an_alert()), **headers)

    if expected is None:
        assert answer[0] == 202
    else:
        assert refused(answer) == expected
        assert door.pieces_read == 0


async def test_another_tenants_url_is_refused_before_the_body_is_read(door: Door) -> None:
    assert refused(await door.post(a_body(an_alert()), to="beta")) == (403, "foreign-tenant")

    assert door.pieces_read == 0


async def test_a_body_that_announces_too_much_is_not_read(door: Door) -> None:
    assert refused(await door.post(b"x", content_length=str(MAX_BODY + 1))) == (413, "body-too-large")

    assert door.pieces_read == 0


@pytest.mark.parametrize("announced", ["", "5", "-1", "many"])
async def test_a_body_that_grows_too_large_is_read_no_further(door: Door, announced: str) -> None:
    answer = await door.post(*[b" " * 400] * 10, content_length=announced)

    assert refused(answer) == (413, "body-too-large")
    assert door.pieces_read == 3


@tries("body at the gateway")
async def test_a_body_of_the_largest_size_is_read(door: Door, beyond: int) -> None:
    body = a_body(an_alert())

    assert (await door.post(body.ljust(MAX_BODY + beyond)))[0] == (202 if beyond <= 0 else 413)


@pytest.mark.parametrize("resource", Resource)
@tries("requests of a tenant at once", "bytes of a tenant's bodies at once", "alerts of a tenant at once")
async def test_a_tenant_may_send_so_much_at_once(door: Door, resource: Resource, beyond: int) -> None:
    rates = await door.gateway.admission.rates(ACME)
    rate = {Resource.REQUESTS: rates.requests, Resource.KIBIBYTES: rates.kibibytes, Resource.ALERTS: rates.alerts}

    async def take(cost: int) -> None:
        await door.gateway.admission.charge(ACME, [Charge(resource, rate[resource], cost)])

    await take(rate[resource].burst - 1)
    if beyond <= 0:
        await take(1 + beyond)
        return
    with pytest.raises(Problem) as caught:
        await take(1 + beyond)
    assert (caught.value.status, caught.value.name) == (429, "quota-exceeded")


async def test_over_its_quota_a_sender_is_asked_to_come_back_and_nothing_is_appended(door: Door) -> None:
    await door.take(BURST)

    status, document = await door.post(a_body(an_alert()))

    assert (status, document["title"]) == (429, "quota exceeded")
    assert door.appended == []


async def test_bad_alerts_count_for_the_quota_too(door: Door) -> None:
    await door.take((await door.gateway.admission.rates(ACME)).alerts.burst - 1)

    assert (await door.post(a_body(an_alert(), {"labels": {}})))[0] == 429
    assert (await door.post(a_body(an_alert())))[0] == 202


async def test_a_tenant_without_a_configuration_is_refused(door: Door) -> None:
    door.site.store.tokens[token_digest("ar_late")] = "late"  # type: ignore[assignment]

    answer = await door.post(a_body(an_alert()), to="late", authorization="Bearer ar_late")

    assert refused(answer) == (403, "tenant-not-configured")


async def test_a_tenant_that_was_erased_is_refused_with_the_reason(door: Door) -> None:
    late = TenantId("late")
    door.site.store.tokens[token_digest("ar_late")] = late
    door.site.store.erased.add(late)

    by_token = await door.post(a_body(an_alert()), to="late", authorization="Bearer ar_late")
    door.certificate = frozenset({OURS})
    by_certificate = await door.post(a_body(an_alert()), to="late", authorization="")

    assert [refused(by_token), refused(by_certificate)] == [(403, "tenant-erased")] * 2


OURS = "am.acme.example"


async def certified(door: Door, *names: str) -> None:
    """The tenant lists one certificate, and its sender shows these."""
    stored = json.loads(a_document())
    stored["document"]["platform"]["certificates"] = [OURS]
    await door.site.tenants.publish(ACME, json.dumps(stored))
    tenants = door.gateway.admission.tenants
    assert isinstance(tenants, ActiveTenants)
    await tenants.load()
    door.certificate = frozenset(names)


async def test_a_certificate_of_the_tenant_stands_for_a_token(door: Door) -> None:
    await certified(door, "other.example", OURS)

    assert await door.post(a_body(an_alert()), authorization="") == (202, {"accepted": 1})


@pytest.mark.parametrize("to", ["acme", "beta", "nobody"])
async def test_one_of_nobody_or_of_another_tenant_does_not(door: Door, to: str) -> None:
    await certified(door, "other.example" if to == "acme" else OURS)

    answer = await door.post(a_body(an_alert()), to=to, authorization="")

    assert refused(answer) == (403, "foreign-certificate")
    assert door.pieces_read == 0


async def test_who_sends_a_token_is_judged_by_it_whatever_the_certificate(door: Door) -> None:
    await certified(door, OURS)

    assert refused(await door.post(a_body(an_alert()), authorization="Bearer ar_wrong")) == (401, "unknown-token")
    door.certificate = frozenset({"other.example"})
    assert (await door.post(a_body(an_alert())))[0] == 202


async def test_while_it_is_not_known_whose_a_certificate_is_its_sender_is_asked_to_come_again(door: Door) -> None:
    await certified(door, OURS)
    late = TenantId("late")
    await door.site.tenants.publish(late, a_document("late"))
    door.site.tenants.faults.refuse("active")
    tenants = door.gateway.admission.tenants
    assert isinstance(tenants, ActiveTenants)
    with pytest.raises(UnavailableError):
        await tenants.load()

    answer = await door.post(a_body(an_alert()), to="late", authorization="")

    assert refused(answer) == (503, "tenant-unreachable")


async def test_a_tenant_whose_configuration_is_forged_is_asked_to_come_again(door: Door) -> None:
    late = TenantId("late")
    await door.site.tenants.forge(late, a_document("late"))
    door.site.store.tokens[token_digest("ar_late")] = late
    tenants = door.gateway.admission.tenants
    assert isinstance(tenants, ActiveTenants)
    await tenants.load()

    answer = await door.post(a_body(an_alert()), to="late", authorization="Bearer ar_late")

    assert refused(answer) == (503, "tenant-unreachable")


async def test_a_tenant_whose_configuration_cannot_be_read_is_asked_to_come_again(door: Door) -> None:
    late = TenantId("late")
    await door.site.tenants.publish(late, a_document("late"))
    door.site.store.tokens[token_digest("ar_late")] = late
    door.site.tenants.faults.refuse("active")
    tenants = door.gateway.admission.tenants
    assert isinstance(tenants, ActiveTenants)
    with pytest.raises(UnavailableError):
        await tenants.load()

    answer = await door.post(a_body(an_alert()), to="late", authorization="Bearer ar_late")

    assert refused(answer) == (503, "tenant-unreachable")


async def test_while_kafka_is_away_nothing_is_accepted(door: Door) -> None:
    door.site.records.faults.refuse("append")

    assert refused(await door.post(a_body(an_alert()))) == (503, "not-accepted")

    assert await door.post(a_body(an_alert())) == (202, {"accepted": 1})


async def test_while_redis_is_away_known_senders_are_accepted(door: Door) -> None:
    door.site.store.faults.away = True

    assert await door.post(a_body(an_alert())) == (202, {"accepted": 1})


def test_the_route_is_the_one_that_senders_know(door: Door) -> None:
    [route] = door.gateway.routes().routes

    assert route.path == "/v1/tenants/{tenant}/alerts"  # type: ignore[attr-defined]


@pytest.mark.parametrize("headers", [{"content_length": "1"}, {"transfer_encoding": "chunked"}])
async def test_a_request_is_paid_for_before_its_body_is_read(door: Door, headers: dict[str, str]) -> None:
    rates = await door.gateway.admission.rates(ACME)
    await door.gateway.admission.charge(ACME, [Charge(Resource.REQUESTS, rates.requests, rates.requests.burst)])

    status, document = await door.post(b"{", **headers)

    assert (status, document["detail"]) == (429, "the tenant sends more requests than its quota allows")
    assert door.pieces_read == 0


@pytest.mark.parametrize("announced", ["", "900"])
async def test_bytes_are_counted_as_announced_and_what_is_not_announced_as_read(door: Door, announced: str) -> None:
    rates = await door.gateway.admission.rates(ACME)
    all_but_one = [Charge(Resource.KIBIBYTES, rates.kibibytes, rates.kibibytes.burst - 1)]
    await door.gateway.admission.charge(ACME, all_but_one)
    body = a_body()

    assert (await door.post(body + b" " * (900 - len(body)), content_length=announced))[0] == 202

    status, document = await door.post(body + b" " * (900 - len(body)), content_length=announced)
    assert (status, document["detail"]) == (429, "the tenant sends more bytes than its quota allows")
    assert door.pieces_read == (0 if announced else 2)


@pytest.mark.parametrize(
    ("headers", "announced", "read"),
    [
        ({"content_length": "1000"}, 1, []),
        ({}, 0, [[(Resource.KIBIBYTES, 1)]]),
        ({"content_length": "1", "transfer_encoding": "chunked"}, 0, [[(Resource.KIBIBYTES, 1)]]),
    ],
)
async def test_a_body_that_announces_its_bytes_asks_for_its_quota_twice_and_pays_for_all_of_them(
    door: Door,
    headers: dict[str, str],
    announced: int,
    read: list[list[tuple[Resource, int]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that does not asks three times."""
    taken: list[Sequence[Charge]] = []
    take = door.site.quota.take

    async def noted(tenant: TenantId, charges: Sequence[Charge]) -> Over | None:
        taken.append(charges)
        return await take(tenant, charges)

    monkeypatch.setattr(door.site.quota, "take", noted)
    assert (await door.post(a_body(an_alert()).ljust(1_000), **headers))[0] == 202

    assert [[(one.resource, one.cost) for one in charges] for charges in taken] == [
        [(Resource.REQUESTS, 1), (Resource.KIBIBYTES, announced), (Resource.ALERTS, 0)],
        *read,
        [(Resource.ALERTS, 1)],
    ]


@tries_time("time that a body takes to arrive")
async def test_a_body_that_does_not_come_is_given_up(door: Door, beyond: int) -> None:
    door.stops = beyond > 0
    answer = await door.post(a_body(an_alert()))

    assert (answer[0] if beyond <= 0 else refused(answer)) == (202 if beyond <= 0 else (408, "body-too-slow"))
    assert door.gateway.admission.bodies.in_hand == 0


async def test_too_many_bytes_in_hand_are_refused_and_are_free_again_afterwards(door: Door) -> None:
    bodies = door.gateway.admission.bodies
    bodies.take(ACME, MAX_BODY - 10)

    assert refused(await door.post(a_body(an_alert()))) == (503, "too-much-in-hand")

    assert bodies.in_hand == MAX_BODY - 10


@tries("part of Redis' memory from which gateways refuse the largest tenants")
async def test_while_redis_is_nearly_full_the_largest_tenant_is_refused_and_nobody_else(
    door: Door, beyond: int
) -> None:
    door.site.store.tokens[token_digest("ar_theirs")] = BETA
    door.site.memory.used = Memory(used=85 + beyond, limit=100)
    door.site.memory.stored = {ACME: Caps(stored_bytes=5_000), BETA: Caps(stored_bytes=2_000)}
    await door.gateway.admission.memory.look()

    answer = await door.post(a_body(an_alert()))
    assert (answer[0] if beyond <= 0 else refused(answer)) == (202 if beyond <= 0 else (429, "redis-memory"))
    assert (door.pieces_read == 0) is (beyond > 0)
    assert (await door.post(a_body(an_alert()), to="beta", authorization="Bearer ar_theirs"))[0] == 202


@tries("bodies in hand in a gateway; a tenant's may have a fourth of it")
def test_so_many_bytes_are_in_hand_and_a_fourth_of_them_one_tenants(beyond: int) -> None:
    limits = BodyLimits()
    for tenants, most in ((1, limits.in_hand // TENANT_SHARE), (TENANT_SHARE + 1, limits.in_hand)):
        bodies, share = Bodies(limits), most // tenants
        for number in range(tenants - 1):
            bodies.take(TenantId(f"t{number}"), share)
        rest = most - (tenants - 1) * share
        if beyond <= 0:
            bodies.take(ACME, rest + beyond)
            continue
        with pytest.raises(Problem) as caught:
            bodies.take(ACME, rest + beyond)
        assert (caught.value.status, caught.value.name) == (503, "too-much-in-hand")


@tries("bodies of a tenant on their way")
async def test_so_many_bodies_of_a_tenant_are_on_their_way(beyond: int) -> None:
    bodies = Bodies()
    with ExitStack() as stack:
        for _ in range(bodies.limits.at_once - 1):
            stack.enter_context(bodies.hand(ACME))
        stack.enter_context(bodies.hand(BETA))
        more = [bodies.hand(ACME) for _ in range(1 + beyond)]
        for one in more[:1]:
            stack.enter_context(one)
        for one in more[1:]:
            with pytest.raises(Problem) as caught:
                stack.enter_context(one)
            assert (caught.value.status, caught.value.name) == (503, "too-much-in-hand")
    with bodies.hand(ACME):
        pass


async def test_of_a_cluster_only_who_is_on_the_node_that_is_nearly_full_is_refused(door: Door) -> None:
    door.site.store.tokens[token_digest("ar_theirs")] = BETA
    door.site.memory.used = Memory(used=10, limit=100)
    door.site.memory.parts = {BETA: Memory(used=86, limit=100)}
    door.site.memory.stored = {ACME: Caps(stored_bytes=5_000), BETA: Caps(stored_bytes=2_000)}
    await door.gateway.admission.memory.look()

    assert (await door.post(a_body(an_alert())))[0] == 202
    theirs = await door.post(a_body(an_alert()), to="beta", authorization="Bearer ar_theirs")
    assert refused(theirs) == (429, "redis-memory")
    assert door.gateway.admission.memory.is_short(BETA)
    assert not door.gateway.admission.memory.is_short(ACME)


async def test_one_tenants_bodies_leave_room_for_others() -> None:
    bodies = Bodies(BodyLimits(max_body=10, in_hand=100))
    bodies.take(ACME, 25)

    with pytest.raises(Problem):
        bodies.take(ACME, 1)
    for other in ("a", "b", "c"):
        bodies.take(TenantId(other), 25)
    with pytest.raises(Problem):
        bodies.take(BETA, 1)


async def test_a_sender_that_goes_away_within_its_body_leaves_no_bytes_and_one_line(door: Door) -> None:
    door.goes_away = True

    with capture_logs() as logged:
        status, _ = await door.post(b"{")

    assert status == 499
    assert door.gateway.admission.bodies.in_hand == 0
    [line] = [row for row in logged if row["event"] == "body_refused"]
    assert (line["reason"], line["tenant"]) == ("body-aborted", "acme")
    assert "trace_id" not in line


async def test_the_line_of_a_refused_body_leads_to_its_trace(door: Door) -> None:
    tracer = FakeTracer()
    door.gateway = replace(door.gateway, tracing=RequestTracing(Sampling(tracer, 1, lambda: 0)))

    with capture_logs() as logged:
        status, _ = await door.post(b"{")

    [line], [span] = [row for row in logged if row["event"] == "body_refused"], tracer.spans
    assert (status, line["trace_id"]) == (400, span.context.split("-")[1])


SENT = SENT_MAGIC + b"sealed by its sender"
SEALED = {"content_type": "application/alert-router-sealed", "alerts": "3"}


@pytest.fixture
async def own(door: Door) -> Door:
    """A door whose tenant has keys of its own."""
    await door.site.open(ACME, a_document(keys="own"))
    await door.gateway.admission.tenants.load()  # type: ignore[attr-defined]  # all rules, as in a process
    return door


async def test_a_sealed_body_is_appended_as_it_is_with_what_its_sender_states(own: Door) -> None:
    assert await own.post(SENT, **SEALED, alert_group="0123456789abcdef") == (202, {"accepted": 3})

    [record] = own.site.records.records
    assert record.value == SENT
    assert record.headers["content-type"] == b"application/alert-router-sealed"
    assert record.headers["alerts"] == b"3"
    assert record.key == b"0123456789abcdef"


@pytest.mark.parametrize("group", ["", "anything", "0123456789ABCDEF", "0" * 17])
async def test_without_the_key_of_a_group_sealed_bodies_of_a_tenant_keep_together(own: Door, group: str) -> None:
    await own.post(SENT, **SEALED, alert_group=group)

    assert own.site.records.records[-1].key == record_key(ACME, "")


async def test_the_quota_is_taken_for_the_alerts_that_are_stated(own: Door) -> None:
    await own.post(SENT, **SEALED | {"alerts": str(BURST)})

    assert refused(await own.post(SENT, **SEALED)) == (429, "quota-exceeded")


@pytest.mark.parametrize(
    ("body", "headers", "name"),
    [
        (SENT, {"alerts": ""}, "alerts-not-stated"),
        (SENT, {"alerts": "0"}, "alerts-not-stated"),
        (SENT, {"alerts": "-1"}, "alerts-not-stated"),
        (SENT, {"alerts": "9" * 30}, "alerts-not-stated"),
        (SENT, {"alerts": "10001"}, "too-many-alerts"),
        (a_body(an_alert()), {}, "not-sealed"),
        (b"", {}, "not-sealed"),
    ],
)
async def test_what_is_not_as_a_sealed_body_must_be_is_refused(
    own: Door, body: bytes, headers: dict[str, str], name: str
) -> None:
    assert refused(await own.post(body, **SEALED | headers)) == (400, name)
    assert own.appended == []


async def test_nothing_is_sealed_for_a_tenant_without_keys_of_its_own(door: Door) -> None:
    assert refused(await door.post(SENT, **SEALED)) == (415, "sealed-not-taken")
    assert refused(await door.post(SENT, content_type="application/json")) == (400, "not-json")


async def test_who_is_not_let_in_is_one_line_a_minute_with_the_tenant_and_why(door: Door) -> None:
    with capture_logs() as logged:
        for _ in range(3):
            await door.post(a_body(an_alert()), authorization="Bearer ar_revoked")
        await door.post(a_body(an_alert()), to="beta")

    lines = [(row["tenant"], row["status"], row["reason"]) for row in logged if row["event"] == "sender_refused"]
    assert lines == [("acme", 401, "unknown-token"), ("beta", 403, "foreign-tenant")]


async def test_a_tenant_that_is_not_there_is_not_named_however_many_somebody_makes_up(door: Door) -> None:
    with capture_logs() as logged:
        for number in range(5):
            await door.post(a_body(an_alert()), to=f"made-up-{number}", authorization="Bearer ar_guessed")

    assert [row["tenant"] for row in logged if row["event"] == "sender_refused"] == [""]
