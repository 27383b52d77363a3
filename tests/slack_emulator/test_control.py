"""The HTTP control API."""

from typing import Any

import aiohttp
import pytest
from slack_emulator import Emulator

POST: dict[str, Any] = {"text": "x", "unfurl_links": False, "unfurl_media": False}


async def send(
    http: aiohttp.ClientSession, emulator: Emulator, method: str, path: str, body: Any = None
) -> tuple[int, Any]:
    async with http.request(method, f"{emulator.url}{path}", json=body) as answer:
        return answer.status, await answer.json()


async def post(http: aiohttp.ClientSession, emulator: Emulator, token: str, **args: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    async with http.post(f"{emulator.url}/api/chat.postMessage", json={**POST, **args}, headers=headers) as answer:
        return await answer.json()


async def test_it_says_that_it_lives(served: Emulator, http: aiohttp.ClientSession) -> None:
    assert (await send(http, served, "GET", "/live"))[0] == 200


async def test_a_workspace_is_set_up_once_and_for_all(served: Emulator, http: aiohttp.ClientSession) -> None:
    wanted = {
        "team_id": "T2",
        "name": "globex",
        "tokens": ["xoxb-two", {"token": "xoxb-narrow", "scopes": ["channels:read"], "app_id": "A9"}],
        "channels": ["alerts", {"name": "secret", "id": "C0SECRET", "private": True, "members": ["U1"]}],
        "allowed_mentions": ["<!here>"],
    }
    status, first = await send(http, served, "POST", "/emulator/workspaces", wanted)
    assert (status, first["channels"]["secret"]) == (200, "C0SECRET")
    sent = await post(http, served, "xoxb-two", channel=first["channels"]["alerts"], text="<!here>")
    again = await send(http, served, "POST", "/emulator/workspaces", wanted)
    assert again == (200, first)
    _, state = await send(http, served, "GET", "/emulator/workspaces")
    two = state["workspaces"][1]
    assert (two["team_id"], two["name"], two["allowed_mentions"]) == ("T2", "globex", ["<!here>"])
    assert [(channel["name"], channel["private"]) for channel in two["channels"]] == [
        ("alerts", False),
        ("secret", True),
    ]
    assert [message["ts"] for message in two["channels"][0]["messages"]] == [sent["ts"]]
    assert served.anomalies == []
    assert (await post(http, served, "xoxb-narrow", channel="alerts"))["error"] == "missing_scope"


async def test_the_state_over_http_is_the_state_in_process(
    served: Emulator, http: aiohttp.ClientSession, alerts: str
) -> None:
    parent = (await post(http, served, "xoxb-acme", channel=alerts))["ts"]
    await post(http, served, "xoxb-acme", channel=alerts, thread_ts=parent, reply_broadcast=True)
    _, state = await send(http, served, "GET", "/emulator/workspaces")
    shown = state["workspaces"][0]["channels"][0]["messages"]
    assert shown == [message.as_json() for message in served.visible("T1", "alerts")]
    assert [reply["broadcast"] for reply in shown[0]["replies"]] == [True]
    _, short = await send(http, served, "GET", "/emulator/texts")
    assert [(one["channel"], one["ts"], one["text"]) for one in short["texts"]] == [
        ("alerts", message["ts"], message["text"]) for message in shown
    ]


async def test_calls_and_anomalies_can_be_read(served: Emulator, http: aiohttp.ClientSession, alerts: str) -> None:
    await post(http, served, "xoxb-acme", channel=alerts, text="<!channel>")
    await post(http, served, "xoxb-acme", channel="nowhere")
    _, calls = await send(http, served, "GET", "/emulator/calls")
    assert calls["total"] == 2
    assert [(one["method"], one["channel"], one["ok"], one["error"]) for one in calls["calls"]] == [
        ("chat.postMessage", alerts, True, None),
        ("chat.postMessage", "nowhere", False, "channel_not_found"),
    ]
    _, later = await send(http, served, "GET", "/emulator/calls?after=1")
    assert later == {"total": 2, "calls": calls["calls"][1:]}
    _, anomalies = await send(http, served, "GET", "/emulator/anomalies")
    assert anomalies == {
        "anomalies": [{"kind": "mention_not_allowed", "detail": "<!channel>", "team_id": "T1", "channel": alerts}]
    }


async def test_faults_can_be_planned_and_cleared(served: Emulator, http: aiohttp.ClientSession, alerts: str) -> None:
    fault = {"kind": "error", "error": "is_archived", "method": "chat.postMessage", "times": None}
    assert (await send(http, served, "POST", "/emulator/faults", fault))[0] == 200
    assert (await post(http, served, "xoxb-acme", channel=alerts))["error"] == "is_archived"
    assert (await send(http, served, "DELETE", "/emulator/faults"))[0] == 200
    assert (await post(http, served, "xoxb-acme", channel=alerts))["ok"]


async def test_a_token_a_channel_and_a_message_can_be_taken_away(
    served: Emulator, http: aiohttp.ClientSession, alerts: str
) -> None:
    ts = (await post(http, served, "xoxb-acme", channel=alerts))["ts"]
    where = {"team_id": "T1", "channel": "alerts"}
    assert (await send(http, served, "POST", "/emulator/messages/delete", {**where, "ts": ts}))[0] == 200
    assert served.visible("T1", "alerts") == ()
    assert (await send(http, served, "POST", "/emulator/channels/archive", where))[0] == 200
    assert (await post(http, served, "xoxb-acme", channel=alerts))["error"] == "is_archived"
    await send(http, served, "POST", "/emulator/channels/archive", {**where, "archived": False})
    assert (await post(http, served, "xoxb-acme", channel=alerts))["ok"]
    dead = {"token": "xoxb-acme", "status": "revoked"}
    assert (await send(http, served, "POST", "/emulator/tokens/status", dead))[0] == 200
    assert (await post(http, served, "xoxb-acme", channel=alerts))["error"] == "token_revoked"


async def test_a_channel_that_is_renamed_keeps_its_id(
    served: Emulator, http: aiohttp.ClientSession, alerts: str
) -> None:
    wanted = {"team_id": "T1", "channel": "alerts", "name": "#ops"}
    assert (await send(http, served, "POST", "/emulator/channels/rename", wanted))[0] == 200
    assert served.channel("T1", "ops").id == alerts
    assert (await post(http, served, "xoxb-acme", channel="#alerts"))["error"] == "channel_not_found"


async def test_a_token_can_be_given_scopes(served: Emulator, http: aiohttp.ClientSession) -> None:
    more = {"token": "xoxb-acme", "scopes": ["users:read"]}
    assert (await send(http, served, "POST", "/emulator/tokens/scopes", more))[0] == 200
    assert served.world.tokens["xoxb-acme"].scopes >= {"users:read", "chat:write"}


async def test_limits_can_be_changed_one_by_one(served: Emulator, http: aiohttp.ClientSession, alerts: str) -> None:
    status, answer = await send(http, served, "PUT", "/emulator/limits", {"channel_burst": 0})
    assert (status, answer["limits"]["channel_burst"], answer["limits"]["updates_per_min"]) == (
        200,
        0,
        10_000,
    )
    assert (await post(http, served, "xoxb-acme", channel=alerts))["error"] == "rate_limited"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/emulator/workspaces", {}, 400),
        ("POST", "/emulator/workspaces", [], 400),
        (
            "POST",
            "/emulator/workspaces",
            {"team_id": "T9", "channels": [{"name": "a", "colour": "red"}]},
            400,
        ),
        ("POST", "/emulator/faults", {"kind": "fire"}, 400),
        ("POST", "/emulator/faults", {"kind": "drop", "colour": "red"}, 400),
        ("POST", "/emulator/tokens/status", {"token": "xoxb-nobody", "status": "revoked"}, 404),
        ("POST", "/emulator/tokens/status", {"token": "xoxb-acme", "status": "lost"}, 400),
        ("POST", "/emulator/tokens/scopes", {"token": "xoxb-nobody", "scopes": []}, 404),
        ("POST", "/emulator/channels/rename", {"team_id": "T9", "channel": "alerts", "name": "ops"}, 404),
        ("POST", "/emulator/channels/archive", {"team_id": "T9", "channel": "alerts"}, 404),
        ("POST", "/emulator/messages/delete", {"team_id": "T1", "channel": "alerts", "ts": "1.000001"}, 404),
        ("PUT", "/emulator/limits", {"colour": 1}, 400),
        ("GET", "/emulator/calls?after=x", None, 400),
    ],
)
async def test_nonsense_is_refused_with_a_reason(
    served: Emulator, http: aiohttp.ClientSession, method: str, path: str, body: Any, status: int
) -> None:
    got, answer = await send(http, served, method, path, body)
    assert got == status
    assert answer["ok"] is False
    assert answer["error"]


async def test_it_can_be_stopped_twice_and_started_again(emulator: Emulator) -> None:
    await emulator.start()
    with pytest.raises(RuntimeError):
        await emulator.start()
    await emulator.stop()
    await emulator.stop()
    with pytest.raises(RuntimeError):
        _ = emulator.url
    await emulator.start()
    assert emulator.url.startswith("http://127.0.0.1:")
    await emulator.stop()


async def test_pictures_are_lost_over_http(served: Emulator, http: aiohttp.ClientSession, alerts: str) -> None:
    beginning = "https://grafana.internal/"
    lost = await send(http, served, "POST", "/emulator/pictures/lose", {"team_id": "T1", "beginning": beginning})
    assert lost == (200, {"ok": True})
    picture = {"type": "image", "image_url": f"{beginning}a.png", "alt_text": "a"}
    assert (await post(http, served, "xoxb-acme", channel=alerts, blocks=[picture]))["error"] == "invalid_blocks"
