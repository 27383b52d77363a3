"""A tenant's page of its own metrics: for whoever may send for the tenant, and for nobody else."""

from typing import Final

import pytest
from fastapi import Request
from starlette.routing import Route

from router.core.model.alert import TenantId
from router.core.model.token import token_digest
from router.http.protocol import CERTIFICATE
from router.roles.gateway.accept import Admission
from router.roles.gateway.authenticate import Authentication, SenderTokens
from router.roles.gateway.body import Bodies, BodyLimits
from router.roles.gateway.metrics import TenantMetrics
from router.roles.memory import MemoryWatch
from router.roles.tenants import ActiveTenants
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import a_document
from tests.roles.worker import Site, Worker

TOKEN: Final = {"authorization": "Bearer ar_acme"}
METRICS: Final = "metrics: [{name: alerts_total}, {name: pages_total, labels: [severity]}]"


class Pages:
    """The pages of a gateway over fakes."""

    def __init__(self, site: Site, pages: TenantMetrics) -> None:
        self.site = site
        self._pages = pages

    async def get(self, tenant: TenantId = ACME, *names: str, **headers: str) -> tuple[int, str]:
        """Status and body of the answer; `names` are those of a certificate that is shown."""
        scope = {
            "type": "http",
            "headers": [(name.encode(), value.encode()) for name, value in (headers or TOKEN).items()],
            "state": {CERTIFICATE: frozenset(names)},
            "path_params": {"tenant": tenant},
        }
        [route] = self._pages.routes().routes
        assert isinstance(route, Route)
        answer = await route.endpoint(Request(scope))
        return answer.status_code, bytes(answer.body).decode()


@pytest.fixture
async def pages() -> Pages:
    site = Site()
    await site.open(ACME, a_document(receivers=METRICS))
    await site.open(BETA, a_document("beta"))
    site.store.tokens |= {token_digest("ar_acme"): ACME, token_digest("ar_beta"): BETA}
    tenants, senders = ActiveTenants(site.tenants), SenderTokens(site.tokens)
    await tenants.load()
    await senders.load()
    watch = MemoryWatch(site.memory, tenants, Worker(site).metrics)
    admission = Admission(tenants, site.quota, Bodies(BodyLimits(1, 1, 1)), watch)
    rules = await tenants.known(ACME)
    assert rules is not None
    alerts, severities = rules.metrics.metrics
    site.store.tenants[ACME].counts = {alerts.metric_id: {(): (7,)}, severities.metric_id: {("page",): (2,)}}
    return Pages(site, TenantMetrics(Authentication(senders), admission, site.counts))


async def test_a_tenant_reads_what_it_counts(pages: Pages) -> None:
    status, page = await pages.get()

    assert status == 200
    assert [line for line in page.splitlines() if not line.startswith("#")] == [
        "alerts_total 7.0",
        'pages_total{severity="page"} 2.0',
    ]


async def test_the_page_of_a_tenant_without_metrics_is_empty(pages: Pages) -> None:
    assert await pages.get(BETA, authorization="Bearer ar_beta") == (200, "")


@pytest.mark.parametrize(
    ("tenant", "headers", "status"),
    [
        (ACME, {"accept": "text/plain"}, 401),
        (ACME, {"authorization": "Bearer ar_nobody"}, 401),
        (ACME, {"authorization": "Bearer ar_beta"}, 403),
        (BETA, TOKEN, 403),
        (TenantId("nobody"), TOKEN, 403),
    ],
)
async def test_nobody_else_reads_it(pages: Pages, tenant: TenantId, headers: dict[str, str], status: int) -> None:
    answer, page = await pages.get(tenant, **headers)

    assert answer == status
    assert "alerts_total" not in page


async def test_a_foreign_certificate_stands_for_nobody(pages: Pages) -> None:
    status, page = await pages.get(ACME, "beta.example", accept="*/*")

    assert (status, "foreign-certificate" in page) == (403, True)


async def test_a_reading_costs_a_request_of_the_tenants_quota(pages: Pages) -> None:
    statuses = set()
    for _ in range(20_000):
        status, _ = await pages.get()
        statuses.add(status)
        if status == 429:
            break

    assert statuses == {200, 429}
    assert (await pages.get(BETA, authorization="Bearer ar_beta"))[0] == 200


async def test_while_redis_is_away_it_is_to_be_asked_again(pages: Pages) -> None:
    pages.site.counts.faults.refuse("read")

    status, page = await pages.get()

    assert (status, "metrics-unavailable" in page) == (503, True)
    assert (await pages.get())[0] == 200
