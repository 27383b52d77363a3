"""`alert-router preview`: the calls, the page and the text, from nothing but files."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from slack_emulator.attachments import check_attachments
from slack_emulator.blocks import failures

from router.core.model.rules.names import LANGUAGES
from tests.cli.running import refused, run
from tests.config.samples import EXAMPLE
from tests.e2e.system import Finished

SAMPLES: Final = Path(__file__).parent.parent.parent / "docs" / "samples" / "incident"
BODIES: Final = sorted(SAMPLES.glob("*.json"))
INCIDENT: Final = (
    "--config",
    str(SAMPLES / "tenant.yaml"),
    *(part for b in BODIES for part in ("--webhook", str(b))),
)
SERIES: Final = ("--series", str(SAMPLES.parent / "series.json"))


@pytest.fixture
def tenant(tmp_path: Path) -> Path:
    path = tmp_path / "acme.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return path


@pytest.fixture
def webhook(tmp_path: Path) -> Path:
    path = tmp_path / "body.json"
    path.write_text(json.dumps([alert(severity="critical")]), encoding="utf-8")
    return path


def write(path: Path, text: str | None) -> None:
    """The file with this text; without any it is gone."""
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")


def alert(status: str = "firing", **labels: str) -> dict[str, Any]:
    return {"status": status, "labels": {"alertname": "Disk", **labels}, "startsAt": "2026-11-17T09:00:00Z"}


def calls(done: Finished) -> list[dict[str, Any]]:
    assert (done.code, done.err) == (0, ""), done
    read: list[dict[str, Any]] = json.loads(done.out)
    return read


async def test_series_are_drawn_as_charts_of_the_group_and_of_no_reply() -> None:
    plain, drawn = [calls(await run("preview", *INCIDENT, "--json", *more)) for more in ((), SERIES)]

    assert [call["method"] for call in plain] == [call["method"] for call in drawn]
    assert not any(map(charts_of, plain))
    assert [len(charts_of(call)) for call in drawn] == ["thread_ts" not in call["arguments"] for call in drawn]
    assert charts_of(drawn[0])[0]["title"] == "Rose from 71% to 86% in 41 min; limit 85%"
    assert not any(failures(call["arguments"]["blocks"]) for call in drawn)


async def test_a_page_draws_charts_and_a_terminal_lines_of_bars(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    await run("preview", *INCIDENT, *SERIES, "--html", str(page))
    shown = await run("preview", *INCIDENT, *SERIES, "--locale", "fr")

    assert "<polyline" in page.read_text(encoding="utf-8")
    assert "▁" in shown.out
    assert "seuil 85" in shown.out


async def test_series_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "series.json"
    path.write_text("[]", encoding="utf-8")

    refused(await run("preview", *INCIDENT, "--series", str(path)), 2, str(path), "answers of query_range")


def charts_of(call: dict[str, Any]) -> list[dict[str, Any]]:
    return [block for block in call["arguments"]["blocks"] if block["type"] == "data_visualization"]


async def test_json_is_the_calls_that_slack_would_get() -> None:
    made = calls(await run("preview", *INCIDENT, "--json"))

    assert [(call["webhook"], call["method"].removeprefix("chat."), call["reason"]) for call in made] == [
        (1, "postMessage", "first"),
        (2, "update", "new_alerts"), (2, "postMessage", "new_alerts"), (2, "postMessage", "first"),
        (3, "update", "some_resolved"), (3, "postMessage", "some_resolved"),
        (3, "update", "all_resolved"), (3, "postMessage", "all_resolved"),
        (4, "update", "all_resolved"), (4, "postMessage", "all_resolved"),
    ]  # fmt: skip
    every = [call["arguments"] for call in made]
    assert [one.get("reply_broadcast", False) for one in every] == [False] * 2 + [True] + [False] * 7
    assert len({one.get("ts") or one.get("thread_ts") for one in every} - {None}) == 2
    for one in every:
        assert one["channel"] == "#shop-alerts"
        assert (one["parse"], one["link_names"]) == ("none", False)
        assert not one.get("unfurl_links")
        assert not one.get("unfurl_media")
        assert failures(one["blocks"]) == []
        check_attachments(one["attachments"])


async def test_the_same_files_are_shown_the_same() -> None:
    assert await run("preview", *INCIDENT, "--json") == await run("preview", *INCIDENT, "--json")


async def test_each_receiver_speaks_its_own_language_unless_one_is_named(tenant: Path, webhook: Path) -> None:
    files = ("--config", str(tenant), "--webhook", str(webhook), "--json")

    own = calls(await run("preview", *files))
    named = calls(await run("preview", *files, "--locale", "de"))
    every = calls(await run("preview", *files, "--locale", "all", "--receiver", "oncall"))

    assert [(call["receiver"], call["locale"]) for call in own] == [("oncall", "en")]
    assert own[0]["arguments"]["text"].startswith("<!subteam^S012> FIRING")
    assert named[0]["arguments"]["text"].startswith("<!subteam^S012> AKTIV")
    assert [call["locale"] for call in every] == list(LANGUAGES)


async def test_a_file_may_hold_a_body_a_line(tenant: Path, tmp_path: Path) -> None:
    lines = tmp_path / "bodies.jsonl"
    bodies = [[alert(team="db")], [alert(team="db", instance="b")]]
    lines.write_text("\n".join(map(json.dumps, bodies)) + "\n", encoding="utf-8")
    at = ("--at", "2026-11-17T10:00:00Z", "--every", "1h")

    made = calls(await run("preview", "--config", str(tenant), "--webhook", str(lines), *at, "--json"))

    assert [(call["webhook"], call["at"][11:19]) for call in made] == [
        (1, "10:00:00"),
        (2, "11:00:00"),
        (2, "11:00:00"),
    ]


async def test_a_page_has_every_language_and_needs_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.html"

    done = await run("preview", *INCIDENT, "--locale", "all", "--html", str(page), "--theme", "dark")

    assert (done.code, done.err) == (0, "")
    assert str(page) in done.out
    drawn = page.read_text(encoding="utf-8")
    assert re.findall(r'data-language="([^"]*)"', drawn) == list(LANGUAGES)
    assert re.findall(r'class="note">([^<]*)<', drawn) == ["English", "Français", "Deutsch", "Español", "Italiano"]
    assert 'data-theme="dark"' in drawn
    assert "RISOLTI" in drawn
    assert re.findall(r"\bsrc=|@import|url\(", drawn) == []


async def test_a_page_may_show_the_channel_after_every_webhook(tmp_path: Path) -> None:
    page = tmp_path / "page.html"

    await run("preview", *INCIDENT, "--steps", "--html", str(page))

    notes = re.findall(r'class="note">([^<]*)<', page.read_text(encoding="utf-8"))
    assert notes == [f"English · {step}" for step in ("1/4", "2/4 · +17 min", "3/4 · +31 min", "4/4 · +46 min")]


async def test_the_terminal_shows_the_channel_with_edits_and_thread() -> None:
    done = await run("preview", *INCIDENT)

    assert (done.code, done.err) == (0, "")
    assert "#shop-alerts" in done.out
    assert "(edited 3 times)" in done.out
    assert "(also in the channel)" in done.out


async def test_what_is_redacted_is_in_no_output(tenant: Path, webhook: Path, tmp_path: Path) -> None:
    write(tenant, EXAMPLE + "redact: {labels: [customer], patterns: ['\\d{16}']}\n")
    write(webhook, json.dumps([alert(customer="Zebra", card="no 1234567812345678")]))
    page = tmp_path / "page.html"
    files = ("preview", "--config", str(tenant), "--webhook", str(webhook))

    shown = [(await run(*files)).out, (await run(*files, "--json")).out]
    await run(*files, "--html", str(page))

    for text in (*shown, page.read_text(encoding="utf-8")):
        assert "customer=•••" in text
        assert "Zebra" not in text
        assert "12345678" not in text


async def test_what_ended_before_it_is_notified_is_not_shown(tenant: Path, webhook: Path) -> None:
    write(webhook, json.dumps([alert("resolved")]))

    done = await run("preview", "--config", str(tenant), "--webhook", str(webhook))

    assert (done.code, done.out) == (0, "nothing would be sent; `alert-router explain` says why\n")


@pytest.mark.parametrize(
    ("options", "printed"),
    [
        (("--locale", "xx"), "--locale: `xx` is not a valid locale"),
        (("--receiver", "onkall"), "did you mean `oncall`"),
        (("--every", "5"), "--every: '5' is not a valid duration"),
        (("--at", "noon"), "--at: "),
        (("--json", "--html", "x.html"), "exclude each other"),
        (("--html", "/nowhere/at/all.html"), "/nowhere/at/all.html: No such file"),
    ],
)
async def test_a_wrong_option_is_named(tenant: Path, webhook: Path, options: tuple[str, ...], printed: str) -> None:
    refused(await run("preview", "--config", str(tenant), "--webhook", str(webhook), *options), 2, printed)


@pytest.mark.parametrize(
    ("body", "printed"),
    [
        ("", "holds no webhook"),
        ("{", "body.json: "),
        ("{}", "body.json: expected a webhook"),
        ('{"version": "3", "alerts": []}', "version is '3'"),
        ('[{"labels": {}}]', "no alert can be read; the first: "),
        ('[{"labels": {"a": "b"}}]\n{}', "body.json:2: "),
        (None, "body.json: No such file"),
    ],
)
async def test_a_body_that_is_none_is_named(tenant: Path, webhook: Path, body: str | None, printed: str) -> None:
    write(webhook, body)

    refused(await run("preview", "--config", str(tenant), "--webhook", str(webhook)), 2, printed)


async def test_a_mistake_in_the_tenants_file_is_named_where_it_stands(tenant: Path, webhook: Path) -> None:
    write(tenant, EXAMPLE.replace("version: 1", "version: 2"))

    refused(await run("preview", "--config", str(tenant), "--webhook", str(webhook)), 2, "acme.yaml:1:10: version")


async def test_a_folder_is_no_tenants_file(tmp_path: Path, tenant: Path, webhook: Path) -> None:
    refused(await run("preview", "--config", str(tmp_path), "--webhook", str(webhook)), 2, "is a folder")
