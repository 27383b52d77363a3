"""What the gateway does not take it refuses with a problem document that says what to do."""

import asyncio
import json
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from alert_router_local.process import HOST, free_port

from tests import brokers
from tests.e2e.conftest import SIGNING
from tests.e2e.system import Reply, System, Tenant, service
from tests.e2e.webhooks import body, firing
from tests.http.client import write_then_read
from tests.waiting import eventually

MAX_BODY = 4 * 1024 * 1024


@pytest.fixture(scope="module")
async def door(fast: System) -> AsyncIterator[Tenant]:
    """A tenant whose sender does everything wrong, and so never tells anything."""
    async with fast.tenant("door") as tenant:
        yield tenant
        assert await tenant.books() == {}
        assert await tenant.calls() == []


def is_problem(reply: Reply, status: int) -> bool:
    assert reply.status == status, reply
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert set(reply.body) == {"type", "title", "status", "detail"}
    assert reply.body["status"] == status
    assert reply.body["type"]
    return bool(reply.body["title"] and reply.body["detail"])


@pytest.mark.parametrize(
    "content",
    [
        b"", b"garbage", b"\xff\xfe", b"[" * 100_000, b'{"version": "4"', b"null", b"5", b'{"no": "webhook"}',
        b'{"version": "4", "alerts": 5}', b'{"version": "2", "alerts": []}', b'{"version": "4", "alerts": [{}]}',
        b'{"version": "4", "alerts": [{"labels": {"a": NaN}}]}',
    ],
)  # fmt: skip
async def test_garbage_is_refused(door: Tenant, content: bytes) -> None:
    assert is_problem(await door.post(content), 400)


async def test_a_body_over_the_limit_is_refused(door: Tenant) -> None:
    assert is_problem(await door.post(b" " * (MAX_BODY + 1)), 413)


async def test_a_body_over_the_limit_that_does_not_state_so_is_refused(door: Tenant) -> None:
    assert is_problem(await door.post(b" " * (MAX_BODY + 1), announced=False), 413)


@pytest.mark.parametrize("chunked", [{}, {"Transfer_Encoding": "chunked"}], ids=["announced", "chunked"])
async def test_a_sender_that_writes_its_whole_body_first_reads_that_it_is_too_large(
    door: Tenant, chunked: dict[str, str]
) -> None:
    ready = door.system.ready
    headers = {"Authorization": f"Bearer {ready['tokens'][door.name]}", "Content_Type": "application/json", **chunked}

    answer = await write_then_read(
        ready["gateway"], "POST", f"/v1/tenants/{door.name}/alerts", b" " * (3 * MAX_BODY), **headers
    )

    assert (answer.status, answer.problem) == (413, "body-too-large")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer wrong",
        "Basic d3Jvbmc6d3Jvbmc=",
        "Basic d3Jvbmc=",
        "Basic /w==",
        "Basic *",
        "Bearer  a b",
    ],
)
async def test_who_has_no_token_of_ours_is_refused(door: Tenant, authorization: str) -> None:
    reply = await door.post(body(firing()), Authorization=authorization)

    assert is_problem(reply, 401)
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("user", ["", "grafana"])
async def test_the_token_may_be_the_password_of_basic_authentication(door: Tenant, user: str) -> None:
    basic = b64encode(f"{user}:{door.system.ready['tokens'][door.name]}".encode()).decode()

    reply = await door.post(b'{"version": "4", "alerts": []}', Authorization=f"Basic {basic}")

    assert reply.status == 202


@pytest.mark.parametrize("other", ["neighbour", "nobody", "DOOR", "door%20"])
async def test_another_tenants_url_is_refused(door: Tenant, other: str) -> None:
    assert is_problem(await door.post(body(firing()), to=other), 403)


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
async def test_what_is_not_called_json_is_refused(door: Tenant, content_type: str) -> None:
    assert is_problem(await door.post(body(firing()), Content_Type=content_type), 415)


async def test_an_unknown_path_or_method_is_refused_likewise(door: Tenant) -> None:
    status, text = await door.system.get_from_gateway("/v1/tenants/door/alerts")
    assert (status, json.loads(text)["status"]) == (405, 405)
    for path in ("/v1/nothing", "/openapi.json", "/docs", "/redoc", "/live", "/ready", "/metrics"):
        status, text = await door.system.get_from_gateway(path)
        assert (status, json.loads(text)["status"]) == (404, 404)


async def test_a_sender_over_its_quota_is_shown_when_to_come_back(fast: System) -> None:
    async with fast.tenant("quota") as tenant:
        await tenant.send(firing("One"), firing("One", "node-2"))
        reply = await tenant.post(body(firing("Two")))

        assert is_problem(reply, 429)
        assert 1 <= int(reply.headers["Retry-After"]) <= 60
        books = await tenant.settled()
        assert (books["accepted"], books["notified"]) == (2, 2)


@pytest.mark.long
@pytest.mark.night
async def test_a_gateway_without_kafka_answers_503_and_when_to_come_back(fast: System, tmp_path: Path) -> None:
    ports, urls = two_ports()
    nowhere = f"{HOST}:{free_port()}"
    engines = {"REDIS__URL": fast.ready["redis"], "KAFKA__BOOTSTRAP_SERVERS": nowhere, **SIGNING}
    async with service(tmp_path / "log", "gateway", **ports, **engines) as process:
        alone = replace(fast, process=process, ready=fast.ready | urls)
        await eventually(alone.listens, within_s=20)

        async def lacks_kafka_alone() -> bool:
            status, text = await alone.get("/ready")
            return (status, json.loads(text)["checks"]) == (503, {"kafka": False, "tokens": True, "clock": True})

        await eventually(lacks_kafka_alone, within_s=20)
        reply = await Tenant(alone, "neighbour").post(body(firing()))

        assert is_problem(reply, 503)
        assert int(reply.headers["Retry-After"]) >= 1
        assert (await alone.get("/live"))[0] == 200
        process.terminate()
        assert await process.ended(within_s=30) == 0


@pytest.mark.long
@pytest.mark.night
async def test_a_gateway_of_its_own_takes_alerts_for_workers_elsewhere(fast: System, tmp_path: Path) -> None:
    async with a_gateway(fast, tmp_path / "log") as alone, alone.tenant("apart") as tenant:
        await tenant.send(firing())
        await tenant.settled()

        assert "DiskFull" in (await tenant.message()).text


@pytest.mark.long
@pytest.mark.night
async def test_two_gateways_accept_together_no_more_than_the_quota(fast: System, tmp_path: Path) -> None:
    async with (
        fast.tenant("shared") as tenant,
        a_gateway(fast, tmp_path / "one") as one,
        a_gateway(fast, tmp_path / "two") as two,
    ):
        doors = [replace(tenant, system=system) for system in (one, two)]
        statuses: list[int] = []
        for number in range(20):
            posts = [door.post(body(firing("Shared", f"node-{number}-{at}"))) for at, door in enumerate(doors)]
            statuses += [reply.status for reply in await asyncio.gather(*posts)]

        assert Counter(statuses) == {202: 20, 429: 20}
        assert 202 in statuses[::2]
        assert 202 in statuses[1::2]
        tenant.sent = 20
        assert (await tenant.settled())["accepted"] == 20


@asynccontextmanager
async def a_gateway(fast: System, log: Path) -> AsyncIterator[System]:
    """The same system by the way of a gateway process of its own."""
    ports, urls = two_ports()
    engines = {
        "REDIS__URL": fast.ready["redis"],
        "KAFKA__BOOTSTRAP_SERVERS": fast.ready["kafka"],
        **brokers.SETTINGS,
        **SIGNING,
    }
    async with service(log, "gateway", **ports, **engines) as process:
        alone = replace(fast, process=process, ready=fast.ready | urls)
        await eventually(lambda: is_ready(alone), within_s=20)
        yield alone
        process.terminate()
        assert await process.ended(within_s=30) == 0


def two_ports() -> tuple[dict[str, str], dict[str, str]]:
    """The settings of a gateway's two ports, and the addresses that they make."""
    alerts, operations = free_port(), free_port()
    settings = {"GATEWAY__PORT": str(alerts), "GATEWAY__OPERATIONS_PORT": str(operations)}
    return settings, {"gateway": f"http://{HOST}:{alerts}", "operations": f"http://{HOST}:{operations}"}


async def is_ready(system: System) -> bool:
    return await system.listens() and (await system.get("/ready"))[0] == 200
