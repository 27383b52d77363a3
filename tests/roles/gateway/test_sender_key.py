"""A tenant's public keys: for whoever may send for the tenant, and only where it has keys of its own."""

import json
from collections.abc import Mapping
from typing import Final

import pytest
from fastapi import Request, Response
from starlette.routing import Route
from structlog.testing import capture_logs

from router.adapters.crypto.hpke import public_keys
from router.core.model.alert import TenantId
from router.core.model.token import token_digest
from router.core.seal.offered import read_offer, read_offers
from router.core.seal.sent import PublicKeys
from router.errors import KeyUnavailableError
from router.http.protocol import CERTIFICATE
from router.roles.gateway.accept import Admission
from router.roles.gateway.authenticate import Authentication, SenderTokens
from router.roles.gateway.body import Bodies, BodyLimits
from router.roles.gateway.sender_key import SenderKey
from router.roles.memory import MemoryWatch
from router.roles.tenants import ActiveTenants
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import a_document
from tests.roles.worker import Site, Worker
from tests.schemas import assert_valid

ACME_S: Final = {"authorization": "Bearer ar_acme"}
BETA_S: Final = {"authorization": "Bearer ar_beta"}


class Door:
    """A gateway over fakes, and the keys that it offers."""

    def __init__(self) -> None:
        self.site = Site()
        self.epoch = 7
        self.is_away = False

    async def open(self) -> "Door":
        site = self.site
        await site.open(ACME, a_document(keys="own"))
        await site.open(BETA, a_document("beta"))
        site.store.tokens |= {token_digest("ar_acme"): ACME, token_digest("ar_beta"): BETA}
        tenants, senders = ActiveTenants(site.tenants), SenderTokens(site.tokens)
        await tenants.load()
        await senders.load()
        watch = MemoryWatch(site.memory, tenants, Worker(site).metrics)
        admission = Admission(tenants, site.quota, Bodies(BodyLimits(1, 1, 1)), watch)
        self.keys = SenderKey(Authentication(senders), admission, self)
        return self

    async def public_keys(self, tenant: TenantId) -> PublicKeys:
        if self.is_away:
            raise KeyUnavailableError("the key service does not answer")
        return public_keys(tenant, self.epoch, bytes(32))

    async def earlier_keys(self, tenant: TenantId, most: int) -> list[PublicKeys]:
        return [public_keys(tenant, self.epoch - one, bytes([one] * 32)) for one in range(1, most + 1)]

    async def get(self, tenant: TenantId = ACME, headers: Mapping[str, str] = ACME_S, query: str = "") -> Response:
        scope = {
            "type": "http",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "state": {CERTIFICATE: frozenset()},
            "path_params": {"tenant": tenant},
            "query_string": query.encode(),
        }
        [route] = self.keys.routes().routes
        assert isinstance(route, Route)
        answer = await route.endpoint(Request(scope))
        assert isinstance(answer, Response)
        return answer


@pytest.fixture
async def door() -> Door:
    return await Door().open()


async def test_a_sender_gets_its_tenants_public_keys(door: Door) -> None:
    answer = await door.get()

    assert answer.status_code == 200
    assert read_offer(bytes(answer.body)) == public_keys(ACME, 7, bytes(32))
    assert_valid("sender-key", json.loads(bytes(answer.body)))
    assert answer.headers["cache-control"] == "private, max-age=60"


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 1), ("earlier=1", 2), ("earlier=3", 4), ("earlier=99", 4), ("earlier=-1", 1), ("earlier=x", 1)],
)
async def test_keys_before_these_are_given_out_where_they_are_asked_for(door: Door, query: str, count: int) -> None:
    answer = await door.get(query=query)
    found = read_offers(bytes(answer.body))

    assert [one.epoch for one in found] == [7, 6, 5, 4][:count]
    assert found[0] == read_offer(bytes(answer.body)) == public_keys(ACME, 7, bytes(32))
    assert_valid("sender-key", json.loads(bytes(answer.body)))


async def test_who_has_them_is_not_given_them_again_until_they_change(door: Door) -> None:
    tag = (await door.get()).headers["etag"]
    again = await door.get(headers={**ACME_S, "if-none-match": tag})
    door.epoch = 8
    changed = await door.get(headers={**ACME_S, "if-none-match": tag})

    assert (again.status_code, again.body, again.headers["etag"]) == (304, b"", tag)
    assert (changed.status_code, read_offer(bytes(changed.body)).epoch) == (200, 8)


@pytest.mark.parametrize(
    ("tenant", "headers", "status", "name"),
    [
        (ACME, {}, 401, "token-missing"),
        (ACME, BETA_S, 403, "foreign-tenant"),
        (BETA, BETA_S, 404, "no-sender-key"),
    ],
)
async def test_nobody_else_gets_them_and_who_has_none_is_answered_so(
    door: Door, tenant: TenantId, headers: Mapping[str, str], status: int, name: str
) -> None:
    answer = await door.get(tenant, headers)

    assert answer.status_code == status
    assert f"urn:alert-router:problem:{name}".encode() in bytes(answer.body)


async def test_while_the_key_cannot_be_had_the_sender_asks_again(door: Door) -> None:
    door.is_away = True
    with capture_logs() as logs:
        answer = await door.get()

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert [one["event"] for one in logs] == ["key_unavailable"]
