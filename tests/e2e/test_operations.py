"""What operators see: liveness, readiness, metrics, one log line for each notification, and events."""

import json
import re

import pytest

from tests.e2e.system import Json, System, Tenant
from tests.e2e.webhooks import PRIVATE_WORDS, firing
from tests.schemas import assert_valid
from tests.waiting import eventually


async def test_it_lives_and_is_ready(fast: System) -> None:
    assert await fast.get("/live") == (200, '{"live":true}')
    status, text = await fast.get("/ready")
    assert (status, json.loads(text)["ready"]) == (200, True)
    assert set(json.loads(text)["checks"]) >= {"kafka", "tokens", "partitions", "redis", "configuration"}
    found = await metrics(fast)
    assert (found["alert_router_ready"], found["alert_router_gateway_serving"]) == (1, 1)


@pytest.mark.long
async def test_a_tenant_in_trouble_is_named_and_what_waits_is_measured(fast: System) -> None:
    async with fast.tenant("unheard") as tenant:
        await fast.emulator("channels/archive", team_id=tenant.team, channel="alerts")
        await tenant.send(firing())
        await tenant.parked()
        status, text = await fast.get("/ready")
        assert status == 200
        assert json.loads(text)["troubled"]["channel_dead"] == ["unheard"]

        async def measured() -> bool:
            found = await metrics(fast)
            return min(found[f"alert_router_{one}"] for one in ("pending_changes", "parked_groups")) >= 1

        await eventually(measured, within_s=12)
        found = await metrics(fast)
        assert found['alert_router_problems{reason="channel_dead"}'] >= 1
        assert {"alert_router_oldest_due_seconds", "alert_router_ingest_lag_records"} <= found.keys()
        await fast.emulator("channels/archive", team_id=tenant.team, channel="alerts", archived=False)
        await tenant.settled(within_s=5)

    async def nothing() -> bool:
        return (await metrics(fast))["alert_router_ingest_lag_records"] == 0

    await eventually(nothing, within_s=5)


async def test_the_metrics_move_with_each_notification(fast: System) -> None:
    before = await metrics(fast)
    async with fast.tenant("metered") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        assert (await tenant.post(b"garbage")).status == 400
        assert (await fast.get_from_gateway("/v1/nothing"))[0] == 404
        assert (await fast.get_from_gateway("/v1/tenants/metered/alerts"))[0] == 405
    after = await metrics(fast)

    moved = {name for name in after if after[name] > before.get(name, 0)}
    assert moved >= {
        'alert_router_gateway_requests_total{status="202"}',
        'alert_router_gateway_requests_total{status="400"}',
        'alert_router_gateway_requests_total{status="404"}',
        'alert_router_gateway_requests_total{status="405"}',
        'alert_router_records_total{outcome="folded"}',
        "alert_router_alerts_folded_total",
        "alert_router_changes_total",
        'alert_router_notifications_total{reason="first"}',
        'alert_router_slack_calls_total{answer="accepted",method="post"}',
        "alert_router_accept_to_shown_seconds_count",
    }
    assert after["alert_router_ready"] == 1
    named = {name for name in after if "metered" in name}
    assert 'alert_router_tenant_problems_total{reason="body_refused",tenant="metered"}' in named
    assert all(name.startswith("alert_router_tenant_") for name in named)


async def test_each_call_is_one_line_in_the_log_without_tokens_and_contents(fast: System) -> None:
    async with fast.tenant("logged") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        await tenant.send(firing(), firing(instance="node-2"))
        await tenant.settled()
        lines = await eventually(lambda: notification_lines(tenant, 3))

        assert [(line["op"], line["reason"], line["answer"], line["notified"]) for line in lines] == [
            ("post", "first", "accepted", 1),
            ("edit", "new_alerts", "accepted", 1),
            ("reply_broadcast", "new_alerts", "accepted", 0),
        ]
        assert {line["channel"] for line in lines} == {(await tenant.calls("chat.update"))[0]["channel"]}
        assert all(
            line["receiver"] == "all" and line["group"] and line["notification"] and line["duration_ms"] >= 0
            for line in lines
        )
        log = fast.log.read_text(encoding="utf-8")
        for secret in (PRIVATE_WORDS, "xoxb-", fast.ready["tokens"]["logged"]):
            assert secret not in log


async def test_each_notification_is_an_event(fast: System) -> None:
    async with fast.tenant("eventful") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        [event] = [one for one in await eventually(lambda: events(fast, "eventful")) if "group" in one]

        assert (event["event"], event["reason"], event["outcome"], event["notified"]) == (
            "notification_sent", "first", "post", 1,
        )  # fmt: skip
        assert event["message"]["ts"] == (await tenant.message()).ts
        assert event["received_at"] <= event["due_at"] <= event["decided_at"] <= event["delivered_at"]
        reported = json.loads((await fast.command("slo", "--tenant", "eventful", "--json")).out)
        assert (reported["notifications"], reported["days"][-1]["notifications"]) == (1, 1)
        assert {one["lack"] for one in reported["gaps"]} == {"not_counted"}


async def metrics(system: System) -> dict[str, float]:
    status, text = await system.get("/metrics")
    assert status == 200
    return {name: float(value) for name, value in re.findall(r"^(alert_router_\S+) (\S+)$", text, re.MULTILINE)}


def notification_lines(tenant: Tenant, count: int) -> list[Json]:
    rows = tenant.system.log_lines()
    mine = [row for row in rows if row["event"] == "notification_sent" and row["tenant"] == tenant.name]
    return mine if len(mine) >= count else []


async def events(system: System, tenant: str) -> list[Json]:
    every = [json.loads(one.value) for one in await system.kafka.records("alerts.events")]
    for one in every:
        assert_valid("event", one)
    return [one for one in every if one["tenant"] == tenant]
