"""A key that the description of an answer lacks: the answer comes without it, and somebody hears of the fault."""

from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from router.api import tenants
from router.observe.metrics import Metrics
from tests.api.serving import OPERATOR, asking
from tests.config.samples import SMALL
from tests.issuer import Issuer
from tests.record_at import RecordAt
from tests.redis_at import redis_at

COUNTED = "alert_router_control_api_undescribed_keys_total"


async def test_it_is_left_out_logged_by_its_name_and_counted(
    record: RecordAt, emptied: str, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, registry, redis = tenants._facts, CollectorRegistry(), redis_at(emptied)

    def more(one: Any) -> dict[str, Any]:
        return {**known(one), "internal": "a value that nobody reads"}

    async with asking(record, redis, issuer, metrics=Metrics(registry)) as api:
        await api.apply(OPERATOR, "acme", SMALL)
        good = await api.ask(OPERATOR, "GET", "/tenants/acme")
        assert registry.get_sample_value(COUNTED) == 0
        monkeypatch.setattr(tenants, "_facts", more)
        with capture_logs() as logs:
            found = await api.ask(OPERATOR, "GET", "/tenants/acme")
            listed = await api.ask(OPERATOR, "GET", "/tenants")
    await redis.close()

    assert (found.status, found.json) == (200, good.json)
    assert [set(one) for one in listed.json["items"]] == [{*good.json, "suspended_since"}]
    assert registry.get_sample_value(COUNTED) == 2
    assert [one["keys"] for one in logs if one["event"] == "answer_not_described"] == [
        ["TenantAnswer.internal"], ["ListedTenant.internal"],
    ]  # fmt: skip
    assert "a value that nobody reads" not in str(logs)
