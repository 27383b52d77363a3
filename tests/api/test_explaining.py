"""Explain and preview over HTTP: as the commands do, and nobody finds out what is redacted."""

import re
from dataclasses import replace
from typing import Any, Final

import pytest

from router.adapters.redis.groups import GroupStore
from router.api.explaining import MAX_LABELS, MAX_WEBHOOKS
from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup
from tests.adapters.builders import a_content, an_alert_state, store, waiting, write
from tests.api.serving import OPERATOR, Asking
from tests.bounds import tries
from tests.cli.running import fed
from tests.config.samples import SMALL

PATH: Final = "/tenants/acme"
REDACTING: Final = SMALL + "redact: {labels: [customer]}\n"
WEBHOOK: Final[dict[str, Any]] = {
    "version": "4", "status": "firing", "groupKey": "{}:{}", "groupLabels": {"alertname": "DiskFull"},
    "commonLabels": {}, "commonAnnotations": {}, "externalURL": "", "receiver": "x", "truncatedAlerts": 0,
    "alerts": [{
        "status": "firing", "labels": {"alertname": "DiskFull", "a": "b"}, "annotations": {"summary": "full"},
        "startsAt": "2026-11-27T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "", "fingerprint": "f",
    }],
}  # fmt: skip


@pytest.fixture
async def acme(api: Asking) -> Asking:
    await api.apply(OPERATOR, "acme", REDACTING)
    await api.in_force()
    return api


async def test_how_alerts_stand_now_is_explained(acme: Asking) -> None:
    alerts = {AlertId("x"): an_alert_state(content=a_content(customer="K-1234", team="db"))}
    group = replace(waiting("A"), alerts=alerts)
    await store(GroupStore(acme.redis), [write(AlertGroup(group.key), group)])

    async def status(**labels: str) -> list[str]:
        answer = await acme.ask("viewer@acme", "POST", f"{PATH}/explain", {"labels": labels})
        echoed = answer.text.replace('"customer":"K-1234"', "").replace('customer=\\"K-1234\\"', "")
        assert "K-1234" not in echoed
        return [one["status"] for one in answer.json["items"]]

    assert await status(team="db") == ["firing"]
    assert await status(team="other") == ["never_seen"]
    assert await status(customer="K-1234") == ["never_seen"]
    by_group = await acme.ask("viewer@acme", "POST", f"{PATH}/explain", {"group": group.key.group_id})
    assert [one["status"] for one in by_group.json["items"]] == ["firing"]


async def test_the_command_prints_the_same_by_the_api_as_here(acme: Asking, emptied: str) -> None:
    alerts = {AlertId("x"): an_alert_state(content=a_content(customer="other", team="db"))}
    group = replace(waiting("A"), alerts=alerts)
    await store(GroupStore(acme.redis), [write(AlertGroup(group.key), group)])
    remote = {"SERVER": acme.url, "TOKEN": await acme.key("viewer", "acme")}
    for more in ([], ["--locale", "de"], ["--json"]):
        words = ["explain", "--tenant", "acme", str(group.key.group_id), *more]
        here, there = await fed(b"", *words, REDIS__URL=emptied), await fed(b"", *words, **remote)
        assert (here.code, there.code, here.out != "") == (0, 0, True), there.err
        assert _without_times(there.out) == _without_times(here.out)


def _without_times(text: str) -> str:
    return re.sub(r'"at": "[^"]*"', "", text)


async def test_what_becomes_of_a_webhook_is_explained_and_previewed(acme: Asking) -> None:
    body = {"webhooks": [WEBHOOK]}
    explained = await acme.ask("viewer@acme", "POST", f"{PATH}/explain/webhooks", body)
    shown = await acme.ask("viewer@acme", "POST", f"{PATH}/preview", {**body, "locale": "fr"})
    [one] = explained.json["items"]
    assert [place["receiver"] for place in one["groups"]] == ["oncall"]
    [call] = shown.json["items"]
    assert (call["method"], call["arguments"]["channel"], call["locale"]) == ("chat.postMessage", "C0123456", "fr")


async def test_what_asks_about_nothing_is_refused(acme: Asking) -> None:
    bodies: tuple[dict[str, Any], ...] = ({"labels": {}}, {"message": "https://example.com/no-message"})
    for body in bodies:
        assert (await acme.ask("viewer@acme", "POST", f"{PATH}/explain", body)).status == 422


REFUSED: Final[tuple[tuple[dict[str, Any], int], ...]] = (
    ({"webhooks": [{}]}, 422),
    ({"webhooks": [{"alerts": "no"}]}, 422),
    ({"webhooks": []}, 400),
    ({"every": "soon"}, 422),
    ({"at": "tomorrow"}, 422),
    ({"receivers": ["nobody"]}, 422),
    ({"locale": "tlh"}, 400),
)


async def test_what_cannot_be_previewed_is_refused(acme: Asking) -> None:
    for change, status in REFUSED:
        answer = await acme.ask("viewer@acme", "POST", f"{PATH}/preview", {"webhooks": [WEBHOOK]} | change)
        assert (change, answer.status) == (change, status)


HOSTILE: Final = ('"\\ud800"', "NaN", "1e999", "[" * 500 + "]" * 500, '"\\u0000"')


async def test_hostile_json_is_answered(acme: Asking) -> None:
    alert = '{"webhooks": [{"alerts": [{"status": "firing", "labels": {"alertname": %s}}]}]}'
    forms = (alert, '{"webhooks": [{"x": %s, "alerts": []}]}', '{"labels": {"a": %s}}')
    for text in (form.replace("%s", hostile) for form in forms for hostile in HOSTILE):
        for path in ("explain", "explain/webhooks", "preview"):
            answer = await acme.ask("viewer@acme", "POST", f"{PATH}/{path}", text, Content_Type="application/json")
            assert answer.status in {200, 400, 422}, (path, text[:100], answer.text)


@tries("webhooks that the control API explains or previews at once")
async def test_so_many_webhooks_are_taken(acme: Asking, beyond: int) -> None:
    body = {"webhooks": [WEBHOOK] * (MAX_WEBHOOKS + beyond)}
    answer = await acme.ask("viewer@acme", "POST", f"{PATH}/explain/webhooks", body)
    assert answer.status == (400 if beyond > 0 else 200)


@tries("labels of an alert that the control API is asked about")
async def test_so_many_labels_are_asked_about(acme: Asking, beyond: int) -> None:
    body = {"labels": {f"l{number}": "x" for number in range(MAX_LABELS + beyond)}}
    assert (await acme.ask("viewer@acme", "POST", f"{PATH}/explain", body)).status == (400 if beyond > 0 else 200)
