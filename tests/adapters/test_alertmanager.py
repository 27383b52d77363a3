"""Alertmanager is asked within bounds, and its answers are read as every release gives them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
from aiohttp import web

from router.adapters.alertmanager.client import MAX_ASKED_LABELS, MAX_LIST_BYTES, MAX_SILENCES, AlertmanagerClient
from router.core.model.instant import NEVER, parse_rfc3339
from router.core.model.muted import Muted, MutedBy
from router.core.model.rules.context import AlertmanagerAccess
from router.core.model.rules.names import SecretName
from router.errors import UnavailableError
from tests.bounds import tries
from tests.e2e.alertmanager import alertmanager, program
from tests.waiting import eventually

ENDS: Final = "2026-11-26T00:21:17.006Z"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def listed(name: str, **status: Any) -> dict[str, Any]:
    """An alert as the API lists it."""
    return {
        "labels": {"alertname": name},
        "fingerprint": f"f-{name}",
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": [], **status},
    }


@asynccontextmanager
async def answering(handler: Handler) -> AsyncIterator[tuple[AlertmanagerClient, AlertmanagerAccess, list[str]]]:
    """A client, and a server behind /am that answers every request in this way; the requests that came."""
    asked: list[str] = []

    async def noted(request: web.Request) -> web.StreamResponse:
        asked.append(str(request.rel_url))
        return await handler(request)

    app = web.Application()
    app.router.add_get("/am/{rest:.*}", noted)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    client = AlertmanagerClient(timeout_s=0.5)
    try:
        yield client, AlertmanagerAccess(f"http://127.0.0.1:{runner.addresses[0][1]}/am", SecretName("am")), asked
    finally:
        await client.close()
        await runner.cleanup()


def api(*alerts: dict[str, Any]) -> Handler:
    """These alerts, and silences that all say the same."""

    async def handler(request: web.Request) -> web.Response:
        if "/silence/" in request.path:
            return web.json_response({"endsAt": ENDS, "createdBy": "ana", "comment": "replacing the disk"})
        return web.json_response(list(alerts))

    return handler


async def test_each_alert_comes_with_what_mutes_it_in_alertmanagers_order() -> None:
    handler = api(
        listed("A"),
        listed("B", silencedBy=["s1"]),
        listed("C", inhibitedBy=["f-A"], silencedBy=["s1"]),
        listed("D", mutedBy=["nights"]),
    )
    async with answering(handler) as (client, access, asked):
        known = {one.labels["alertname"]: one.muted for one in await client.alerts(access, "", {})}

    ana = Muted(MutedBy.SILENCED, "s1", parse_rfc3339(ENDS), "ana", "replacing the disk")
    assert known["A"] is None
    assert known["B"] == ana
    assert known["C"] == Muted(MutedBy.INHIBITED, "")
    assert known["D"] == Muted(MutedBy.MUTE_TIME_INTERVAL, "nights")
    assert sum("/silence/" in url for url in asked) == 1


async def test_it_asks_for_alerts_with_the_labels_of_the_group_and_by_the_token() -> None:
    headers: list[str | None] = []

    async def handler(request: web.Request) -> web.Response:
        headers.append(request.headers.get("Authorization"))
        assert request.query.getall("filter") == ['alertname="a\\"b\\\\c\\nd"']
        assert request.query["silenced"] == "true"
        return web.json_response([])

    async with answering(handler) as (client, access, _):
        labels = {"alertname": 'a"b\\c\nd', "not.classic": "x"}
        assert await client.alerts(access, "secret", labels) == []
    assert headers == ["Bearer secret"]


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"{}", b"[1]", b'[{"labels": 1}]', b'[{"labels": {}, "fingerprint": "f"}]', b"null", b"\xff"],
)
async def test_what_is_not_an_answer_of_the_api_is_none(body: bytes) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=body)

    async with answering(handler) as (client, access, _):
        with pytest.raises(UnavailableError):
            await client.alerts(access, "", {})


async def test_no_redirect_is_followed() -> None:
    async def handler(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/am/elsewhere")

    async with answering(handler) as (client, access, asked):
        with pytest.raises(UnavailableError, match="HTTP 302"):
            await client.alerts(access, "", {})
    assert len(asked) == 1


async def test_what_does_not_answer_in_time_is_given_up() -> None:
    async def handler(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with answering(handler) as (client, access, _):
        with pytest.raises(UnavailableError, match="TimeoutError"):
            await client.alerts(access, "", {})


async def test_where_nobody_listens_nobody_answers() -> None:
    client = AlertmanagerClient(timeout_s=0.5)
    with pytest.raises(UnavailableError):
        await client.alerts(AlertmanagerAccess("http://127.0.0.1:1"), "", {})
    await client.close()


@tries("answer of Alertmanager")
async def test_a_larger_answer_is_not_read(beyond: int) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=b"[" + b" " * (MAX_LIST_BYTES + beyond - 2) + b"]")

    async with answering(handler) as (client, access, _):
        if beyond > 0:
            with pytest.raises(UnavailableError, match="larger"):
                await client.alerts(access, "", {})
        else:
            assert await client.alerts(access, "", {}) == []


@tries("silences of Alertmanager looked up at once")
async def test_of_more_silences_it_is_only_known_that_they_mute(beyond: int) -> None:
    names = [f"s{number:02}" for number in range(MAX_SILENCES + beyond)]
    async with answering(api(*(listed(name, silencedBy=[name]) for name in names))) as (client, access, asked):
        known = await client.alerts(access, "", {})

    assert sum("/silence/" in url for url in asked) == min(len(names), MAX_SILENCES)
    unnamed = [one for one in known if one.muted == Muted(MutedBy.SILENCED, one.labels["alertname"], NEVER)]
    assert len(unnamed) == max(0, beyond)


@tries("labels by which Alertmanager is asked")
async def test_by_so_many_labels_is_asked(beyond: int) -> None:
    async with answering(api()) as (client, access, asked):
        await client.alerts(access, "", {f"l{number:02}": "x" for number in range(MAX_ASKED_LABELS + beyond)})
    assert asked[0].count("filter=") == min(MAX_ASKED_LABELS, MAX_ASKED_LABELS + beyond)


CONFIG: Final = """
route: {receiver: nobody, group_by: [alertname]}
receivers: [{name: nobody}]
inhibit_rules: [{source_matchers: [severity="critical"], target_matchers: [severity="warning"]}]
"""


async def test_a_real_alertmanager_says_who_mutes(tmp_path: Path) -> None:
    program("prometheus-alertmanager")
    config, client = tmp_path / "alertmanager.yml", AlertmanagerClient()
    config.write_text(CONFIG, encoding="utf-8")
    async with aiohttp.ClientSession() as http, alertmanager(http, config, tmp_path / "storage") as sender:
        access = AlertmanagerAccess(sender.url)
        await sender.fire("DiskFull", "db-1", "db-2")
        until = datetime.now(UTC) + timedelta(hours=1)
        silence = {
            "matchers": [{"name": "instance", "value": "db-2", "isRegex": False, "isEqual": True}],
            "startsAt": datetime.now(UTC).isoformat(),
            "endsAt": until.isoformat(),
            "createdBy": "ana",
            "comment": "replacing the disk",
        }
        async with http.post(f"{sender.url}/api/v2/silences", json=silence) as answer:
            assert answer.status == 200, await answer.text()
        warning = {"labels": {"alertname": "DiskFull", "instance": "db-3", "severity": "warning"}}
        async with http.post(f"{sender.url}/api/v2/alerts", json=[warning]) as answer:
            assert answer.status == 200, await answer.text()

        async def look() -> dict[str, Muted | None] | None:
            known = await client.alerts(access, "", {"alertname": "DiskFull"})
            muted = {one.labels["instance"]: one.muted for one in known}
            return muted if len(muted) == 3 and muted["db-2"] and muted["db-3"] else None

        muted = await eventually(look, within_s=10)
        assert muted is not None
        assert muted["db-1"] is None
        assert muted["db-2"] is not None
        assert (muted["db-2"].by, muted["db-2"].author) == (MutedBy.SILENCED, "ana")
        assert abs(muted["db-2"].until - parse_rfc3339(until.isoformat())) < 1_000_000
        assert muted["db-3"] == Muted(MutedBy.INHIBITED, "")
        assert await client.alerts(access, "", {"alertname": "Other"}) == []

        groups = await client.listed(access, "", "nobody")
        assert {one.known.labels["instance"]: one.known.muted for one in groups} == muted
        assert {one.group_labels["alertname"] for one in groups} == {"DiskFull"}
        assert await client.listed(access, "", "nobod.") == []
    await client.close()


async def test_the_groups_of_a_receiver_are_listed_with_what_a_body_would_have() -> None:
    times = {"startsAt": "2026-11-26T00:21:05Z", "endsAt": ENDS, "generatorURL": "http://p/1"}
    alert = {**listed("B", silencedBy=["s1"]), **times, "annotations": {"summary": "full"}}
    groups = api({"labels": {"cluster": "eu-1"}, "receiver": {"name": "a.b"}, "alerts": [alert]})
    async with answering(groups) as (client, access, asked):
        [found] = await client.listed(access, "", "a.b")

    assert found.known.muted == Muted(MutedBy.SILENCED, "s1", parse_rfc3339(ENDS), "ana", "replacing the disk")
    assert (found.group_labels, found.annotations) == ({"cluster": "eu-1"}, {"summary": "full"})
    assert (found.starts_at, found.ends_at) == (parse_rfc3339(times["startsAt"]), parse_rfc3339(ENDS))
    assert found.generator_url == "http://p/1"
    assert "receiver=a%5C.b" in asked[0]


@pytest.mark.parametrize("answer", [{}, {"labels": {}}, {"labels": {}, "alerts": [{}]}])
async def test_groups_of_another_form_are_no_answer(answer: dict[str, Any]) -> None:
    async with answering(api(answer)) as (client, access, _):
        with pytest.raises(UnavailableError):
            await client.listed(access, "", "router")
