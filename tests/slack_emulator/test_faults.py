"""Faults, met with the real SDK over real connections."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from slack_emulator import Emulator, Fault, FaultKind, Limits
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

POST: dict[str, Any] = {"channel": "#alerts", "text": "x", "unfurl_links": False, "unfurl_media": False}


def shown(emulator: Emulator) -> int:
    return len(emulator.visible("T1", "alerts"))


async def refused(slack: AsyncWebClient, **more: Any) -> Any:
    """Post, and return the response of the error it must raise."""
    with pytest.raises(SlackApiError) as caught:
        await slack.chat_postMessage(**{**POST, **more})
    return caught.value.response


async def until(true: Callable[[], bool]) -> None:
    """Give the server its turns until something has happened there."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what is awaited happens in the server, not in an event
            await asyncio.sleep(0)


async def test_the_real_client_posts_updates_and_reads(emulator: Emulator, slack: AsyncWebClient) -> None:
    posted = await slack.chat_postMessage(**{**POST, "blocks": [{"type": "divider"}]})
    await slack.chat_update(channel=posted["channel"], ts=posted["ts"], text="new", blocks=[], parse="none")
    history = await slack.conversations_history(channel=posted["channel"], include_all_metadata=True)
    assert [message["text"] for message in history["messages"]] == ["new"]
    assert (await slack.auth_test())["team_id"] == "T1"
    await slack.reactions_add(channel=posted["channel"], timestamp=posted["ts"], name="fire")
    await slack.chat_delete(channel=posted["channel"], ts=posted["ts"])
    assert shown(emulator) == 0
    assert emulator.anomalies == []
    assert {(call.status, call.ok) for call in emulator.calls} == {(200, True)}


@pytest.mark.parametrize(
    ("kind", "committed"),
    [(FaultKind.DROP, 0), (FaultKind.COMMIT_THEN_DROP, 1)],
)
async def test_a_dropped_connection_says_nothing_of_what_happened(
    emulator: Emulator, slack: AsyncWebClient, kind: FaultKind, committed: int
) -> None:
    emulator.inject(Fault(kind))
    with pytest.raises(aiohttp.ClientConnectionError):
        await slack.chat_postMessage(**POST)
    assert shown(emulator) == committed
    (call,) = emulator.calls
    assert (call.fault, call.status, call.accepted) == (kind.value, None, bool(committed))


@pytest.mark.parametrize(
    ("fault", "status", "error", "committed"),
    [
        (Fault(FaultKind.COMMIT_THEN_500), 500, "internal_error", 1),
        (Fault(FaultKind.COMMIT_THEN_ERROR), 200, "internal_error", 1),
        (Fault(FaultKind.COMMIT_THEN_ERROR, error="fatal_error"), 200, "fatal_error", 1),
        (Fault(FaultKind.UNAVAILABLE_HTML), 503, None, 0),
        (Fault(FaultKind.SERVICE_UNAVAILABLE), 200, "service_unavailable", 0),
        (Fault(FaultKind.ERROR, error="invalid_blocks"), 200, "invalid_blocks", 0),
        (Fault(FaultKind.ERROR, error="is_archived"), 200, "is_archived", 0),
        (Fault(FaultKind.RATE_LIMITED, retry_after=30), 429, "rate_limited", 0),
        (Fault(FaultKind.RATE_LIMITED, retry_after=30, error="ratelimited"), 429, "ratelimited", 0),
        (Fault(FaultKind.RATE_LIMITED_NO_HEADER), 429, "rate_limited", 0),
        (Fault(FaultKind.RATE_LIMITED_HTML, retry_after=30), 429, None, 0),
    ],
    ids=lambda value: f"{value.kind.value}-{value.error}" if isinstance(value, Fault) else "",
)
async def test_a_fault_answers_as_planned_and_only_once(
    emulator: Emulator, slack: AsyncWebClient, fault: Fault, status: int, error: str | None, committed: int
) -> None:
    emulator.inject(fault)
    response = await refused(slack)
    assert (response.status_code, response["error"]) == (status, error)
    assert shown(emulator) == committed
    call = emulator.calls[0]
    assert (call.status, call.error, call.accepted) == (status, error, bool(committed))
    if fault.retry_after is None:
        assert (await slack.chat_postMessage(**POST))["ok"]


async def test_an_answer_may_be_forged(emulator: Emulator, served: Emulator, http: aiohttp.ClientSession) -> None:
    emulator.inject(Fault(FaultKind.FORGED, body='{"ok": 7}', status=307, headers={"Location": "/elsewhere"}))
    forged = await http.post(f"{served.url}/api/chat.postMessage", json=POST, allow_redirects=False)
    assert (forged.status, forged.headers["Location"], await forged.json()) == (307, "/elsewhere", {"ok": 7})
    assert shown(emulator) == 0


@pytest.mark.parametrize(
    ("retry_after", "header"), [(30, "30"), (30.0, "30"), (0.5, "0.5"), ("0.5", "0.5"), ("soon", "soon")]
)
async def test_the_retry_after_header_is_sent_as_written(
    emulator: Emulator, slack: AsyncWebClient, retry_after: float | str, header: str
) -> None:
    emulator.inject(Fault(FaultKind.RATE_LIMITED, retry_after=retry_after))
    assert (await refused(slack)).headers["Retry-After"] == header
    assert emulator.calls[0].retry_after == header


async def test_a_429_may_come_as_text_or_without_a_header(
    emulator: Emulator, served: Emulator, http: aiohttp.ClientSession
) -> None:
    emulator.inject(Fault(FaultKind.RATE_LIMITED_TEXT, error="message_limit_exceeded"))
    emulator.inject(Fault(FaultKind.RATE_LIMITED_NO_HEADER))
    text = await http.post(f"{served.url}/api/chat.postMessage", json=POST)
    bare = await http.post(f"{served.url}/api/chat.postMessage", json=POST)
    assert (text.status, text.content_type, await text.text()) == (
        429,
        "text/plain",
        "message_limit_exceeded",
    )
    assert "Retry-After" not in text.headers
    assert (bare.status, await bare.json()) == (429, {"ok": False, "error": "rate_limited"})
    assert "Retry-After" not in bare.headers


async def test_an_injected_wait_is_held_against_who_ignores_it(
    emulator: Emulator, slack: AsyncWebClient, forward: Callable[[float], None]
) -> None:
    other = emulator.add_channel("T1", "other")
    emulator.inject(Fault(FaultKind.RATE_LIMITED, retry_after=30))
    await refused(slack)
    forward(29)
    assert (await refused(slack)).status_code == 429
    assert [anomaly.kind.value for anomaly in emulator.anomalies] == ["ignored_retry_after"]
    assert (await slack.chat_postMessage(**{**POST, "channel": other}))["ok"]
    forward(29)
    await refused(slack)
    forward(30)
    assert (await slack.chat_postMessage(**POST))["ok"]
    assert len(emulator.anomalies) == 2


async def test_a_wait_for_the_method_holds_every_channel(emulator: Emulator, slack: AsyncWebClient) -> None:
    other = emulator.add_channel("T1", "other")
    emulator.inject(Fault(FaultKind.RATE_LIMITED, retry_after=30, error="ratelimited"))
    await refused(slack)
    await refused(slack, channel=other)
    assert [anomaly.kind.value for anomaly in emulator.anomalies] == ["ignored_retry_after"]
    assert (await slack.auth_test())["ok"]


async def test_a_429_on_an_update_holds_updates_and_no_posts(
    emulator: Emulator, slack: AsyncWebClient, alerts: str
) -> None:
    emulator.inject(Fault(FaultKind.RATE_LIMITED, method="chat.update", retry_after=10, error="rate_limited"))
    ts = (await slack.chat_postMessage(**POST))["ts"]
    for _ in range(2):
        with pytest.raises(SlackApiError):
            await slack.chat_update(channel=alerts, ts=ts, text="x", parse="none")
    assert [anomaly.kind.value for anomaly in emulator.anomalies] == ["ignored_retry_after"]
    assert (await slack.chat_postMessage(**POST))["ok"]


async def test_a_real_429_carries_slacks_body_and_header(emulator: Emulator, slack: AsyncWebClient) -> None:
    emulator.limits = Limits(channel_burst=1)
    await slack.chat_postMessage(**POST)
    response = await refused(slack)
    assert response.data == {"retry_after": 1, "ok": False, "error": "rate_limited"}
    assert (response.status_code, response.headers["Retry-After"]) == (429, "1")
    assert emulator.calls[1].retry_after == "1"


async def test_a_truncated_answer_is_ambiguous(emulator: Emulator, slack: AsyncWebClient) -> None:
    emulator.inject(Fault(FaultKind.TRUNCATED_JSON))
    response = await refused(slack)
    assert isinstance(response, aiohttp.ClientResponse)
    assert shown(emulator) == 1


async def test_a_trickled_answer_arrives_whole(emulator: Emulator, slack: AsyncWebClient) -> None:
    emulator.inject(Fault(FaultKind.TRICKLE, latency_s=0.01))
    reply = await slack.chat_postMessage(**POST)
    assert reply["ts"] == emulator.visible("T1", "alerts")[0].ts


async def test_latency_only_delays(emulator: Emulator, slack: AsyncWebClient) -> None:
    emulator.inject(Fault(FaultKind.LATENCY, latency_s=0.02))
    started_s = asyncio.get_running_loop().time()
    assert (await slack.chat_postMessage(**POST))["ok"]
    assert asyncio.get_running_loop().time() - started_s >= 0.02


async def test_a_client_that_gives_up_does_not_undo_a_slow_call(emulator: Emulator, slack: AsyncWebClient) -> None:
    emulator.inject(Fault(FaultKind.LATENCY, latency_s=60))
    posting = asyncio.create_task(slack.chat_postMessage(**POST))
    await until(lambda: bool(emulator.calls))
    posting.cancel()
    await until(lambda: shown(emulator) == 1)


async def test_a_late_call_is_carried_out_after_what_came_meanwhile(
    emulator: Emulator, slack: AsyncWebClient
) -> None:
    place = await slack.chat_postMessage(**POST)
    where = {"channel": place["channel"], "ts": place["ts"]}
    emulator.inject(Fault(FaultKind.LATE, method="chat.update", latency_s=0.2))
    late = asyncio.create_task(slack.chat_update(**where, text="older"))
    await until(lambda: len(emulator.calls) == 2)
    late.cancel()

    await slack.chat_update(**where, text="newer")
    assert emulator.visible("T1", "alerts")[0].text == "newer"

    await until(lambda: emulator.visible("T1", "alerts")[0].text == "older")


@pytest.mark.parametrize(("kind", "meanwhile"), [(FaultKind.HANG, 0), (FaultKind.COMMIT_THEN_HANG, 1)])
async def test_a_hanging_call_goes_on_when_released(
    emulator: Emulator, slack: AsyncWebClient, kind: FaultKind, meanwhile: int
) -> None:
    emulator.inject(Fault(kind))
    posting = asyncio.create_task(slack.chat_postMessage(**POST))
    await until(lambda: bool(emulator.calls) and emulator.calls[0].fault is not None)
    assert (await slack.auth_test())["ok"], "others are served"
    assert (shown(emulator), posting.done()) == (meanwhile, False)
    emulator.release()
    assert (await posting)["ok"]
    assert shown(emulator) == 1


@pytest.mark.parametrize(("kind", "left"), [(FaultKind.HANG, 0), (FaultKind.COMMIT_THEN_HANG, 1)])
async def test_a_hanging_call_ends_when_its_caller_goes(
    emulator: Emulator, served: Emulator, kind: FaultKind, left: int
) -> None:
    emulator.inject(Fault(kind))
    headers = {"Authorization": "Bearer xoxb-acme"}
    async with aiohttp.ClientSession() as leaving:
        posting = asyncio.create_task(leaving.post(f"{served.url}/api/chat.postMessage", json=POST, headers=headers))
        await until(lambda: bool(emulator.calls) and emulator.calls[0].fault is not None)
        posting.cancel()
        await asyncio.gather(posting, return_exceptions=True)
    async with aiohttp.ClientSession() as staying:
        (await staying.get(f"{served.url}/live")).raise_for_status()
    emulator.release()
    assert shown(emulator) == left
    assert emulator.calls[0].status is None


async def test_stopping_cuts_off_who_still_hangs(emulator: Emulator, slack: AsyncWebClient) -> None:
    emulator.inject(Fault(FaultKind.HANG))
    posting = asyncio.create_task(slack.chat_postMessage(**POST))
    await until(lambda: bool(emulator.calls))
    async with asyncio.timeout(5):
        await emulator.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await posting
    assert shown(emulator) == 0


SELECTING: list[tuple[Fault, list[bool]]] = [
    (Fault(FaultKind.ERROR, error="e", method="chat.update"), [True, True, True]),
    (Fault(FaultKind.ERROR, error="e", method="chat.postMessage"), [False, True, True]),
    (Fault(FaultKind.ERROR, error="e", team_id="T2"), [True, True, True]),
    (Fault(FaultKind.ERROR, error="e", team_id="T1"), [False, True, True]),
    (Fault(FaultKind.ERROR, error="e", channel="other"), [True, False, True]),
    (Fault(FaultKind.ERROR, error="e", channel="#other"), [True, False, True]),
    (Fault(FaultKind.ERROR, error="e", threaded=True), [True, True, False]),
    (Fault(FaultKind.ERROR, error="e", threaded=False, times=None), [False, False, True]),
    (Fault(FaultKind.ERROR, error="e", nth=2), [True, False, True]),
    (Fault(FaultKind.ERROR, error="e", times=2), [False, False, True]),
    (Fault(FaultKind.ERROR, error="e", times=None), [False, False, False]),
    (Fault(FaultKind.ERROR, error="e", nth=2, times=None), [True, False, False]),
    (Fault(FaultKind.ERROR, error="e", probability=0.0, times=None), [True, True, True]),
]


@pytest.mark.parametrize(("fault", "expected"), SELECTING)
async def test_a_fault_hits_the_calls_it_names(
    emulator: Emulator, slack: AsyncWebClient, fault: Fault, expected: list[bool]
) -> None:
    emulator.add_channel("T1", "other")
    emulator.inject(fault)
    for more in ({}, {"channel": "other"}, {"thread_ts": "1600000000.000001"}):
        with contextlib.suppress(SlackApiError):
            await slack.chat_postMessage(**{**POST, **more})
    assert [call.ok for call in emulator.calls] == expected


async def test_a_chance_repeats_with_its_seed(emulator: Emulator, slack: AsyncWebClient) -> None:
    runs = []
    for _ in range(2):
        emulator.clear_faults()
        emulator.inject(Fault(FaultKind.ERROR, error="e", probability=0.5, seed=7, times=None))
        before = len(emulator.calls)
        for _ in range(20):
            with contextlib.suppress(SlackApiError):
                await slack.auth_test()
        runs.append([call.ok for call in emulator.calls[before:]])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {True, False}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": FaultKind.ERROR},
        {"kind": FaultKind.RATE_LIMITED},
        {"kind": FaultKind.DROP, "nth": 0},
        {"kind": FaultKind.DROP, "times": 0},
    ],
)
def test_a_half_specified_fault_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"fault|nth"):
        Fault(**wrong)


async def test_stale_answers_show_what_was_there_some_time_ago(emulator: Emulator, slack: AsyncWebClient) -> None:
    posted = await slack.chat_postMessage(**POST)
    reply = await slack.chat_postMessage(**{**POST, "thread_ts": posted["ts"]})
    channel, ts = posted["channel"], posted["ts"]
    for method in ("conversations.history", "conversations.replies"):
        emulator.inject(Fault(FaultKind.STALE, method=method, latency_s=30))

    assert (await slack.conversations_history(channel=channel))["messages"] == []
    assert [one["ts"] for one in (await slack.conversations_replies(channel=channel, ts=ts))["messages"]] == [ts]
    assert len((await slack.conversations_history(channel=channel))["messages"]) == 1
    everything = (await slack.conversations_replies(channel=channel, ts=ts))["messages"]
    assert [one["ts"] for one in everything] == [ts, reply["ts"]]
