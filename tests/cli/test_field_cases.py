"""Situations that users of Alertmanager and Grafana have reported, each with what Slack must show of it.

The inputs are in `tests/data/field-cases`. A row holds the channel after each body, without the footers of messages.
A row that is marked as failing has the right value too: it is built later, and the mark has to go then.
"""

# ruff: noqa: RUF001 - what a channel shows, to the character

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any, Final

import pytest

from tests.cli.running import run

pytestmark = pytest.mark.long

DATA: Final = Path(__file__).parent.parent / "data"
FIELD_CASES: Final = DATA / "field-cases"
GREEN: Final = "#2EB67D"
_FOOTER: Final = re.compile(r".*┃ \w+ · acme · updated ")
_HEADING: Final = re.compile(r"^\w+ · English(?: · .+)?\n#alerts\n", re.MULTILINE)
_HEADLINE: Final = re.compile(r"^(?:@here )?([A-Z]+) · ")
_SINCE_NINE: Final = "since Nov 20, 2026, 9:00 AM CET"


@dataclass(frozen=True)
class Row:
    """An input, what the channel shows after each of its bodies, and links that the first message must have."""

    file: str
    shown: tuple[str, ...]
    config: str = "tenant.yaml"
    links: dict[str, str] = field(default_factory=dict)
    not_built: str = ""

    def __str__(self) -> str:
        return self.file.partition(".")[0]


ROWS: Final = [
    Row(
        "p01-annotations-null.json",
        (f"""
        @here FIRING · QueueStuck
        `queue=mail`
        ┃ {_SINCE_NINE}
        ┃ [Query]  [Silence]
        """,),
        links={
            "Query": "http://prom.example:9090/graph?g0.expr=up&g0.tab=1",
            "Silence": "http://am.example:9093/#/silences/new"
            "?filter=%7Balertname%3D%22QueueStuck%22%2Cqueue%3D%22mail%22%7D",
        },
    ),
    Row(
        "p05-no-version.json",
        (f"""
        @here FIRING · QueueStuck
        `queue=mail`
        ┃ {_SINCE_NINE}
        ┃ [Query]  [Silence]
        """,),
    ),
    Row(
        "p08-one-fingerprint-four-alerts.json",
        (f"""
        @here FIRING · critical · CpuHigh – CPU above 90 %
        ┃ 2 firing
        ┃ critical · `host=h-3`
        ┃ {_SINCE_NINE}
        ┃ warning · `host=h-1`
        ┃ {_SINCE_NINE}
        ┃ [Query]  [Silence]
        """,),
    ),
    Row(
        "p12-grafana-no-data.json",
        (f"""
        @here FIRING · Orders per minute (DatasourceNoData) – Few orders
        `grafana_folder=shop` `datasource_uid=PD8C` `ref_id=A`
        ┃ {_SINCE_NINE}
        ┃ [Query]  [Silence]
        """,),
        links={"Silence": "https://grafana.example/alerting/silence/new?alertmanager=grafana&matcher=alertname%3DX"},
    ),
    Row(
        "p13-grafana-values-image.json",
        (f"""
        @here FIRING · Memory – High memory
        `grafana_folder=device`
        ┃ {_SINCE_NINE} · A = 2,473,545,728 · C = 1.5
        ┃ [Query]  [Silence]
        ┃ [Graph of Memory]
        """,),
    ),
    Row(
        "p14-grafana-no-labels.json",
        (f"""
        @here FIRING · 1 alert
        ┃ {_SINCE_NINE}
        ┃ [Query]  [Silence]
        """,),
    ),
    Row(
        "p15-grafana-private-group-label.json",
        (f"""
        @here FIRING · JobFails
        `rule_uid=YT-3`
        ┃ {_SINCE_NINE}
        ┃ [Query]  [Silence]
        """,),
    ),
    Row(
        "p16-grafana-legacy-rule.json",
        ("""
        @here FIRING · Host CPU – too hot
        `host=h-1`
        """,),
        not_built="bodies of Grafana's legacy alerting are refused",
    ),
    Row(
        "p18-message-annotation.json",
        (f"""
        @here FIRING · critical · KubeDeploymentReplicasMismatch – Deployment shop/storage has not had the
        expected number of replicas for longer than 15 minutes.
        `deployment=storage` `namespace=shop`
        ┃ {_SINCE_NINE}
        ┃ [Runbook]  [Query]  [Silence]
        """,),
        links={"Runbook": "https://runbooks.example/replicas"},
    ),
    Row(
        "p20-multi-line-description.json",
        (f"""
        FIRING · critical · InstanceDown – Host h-7 is down
        `host=h-7`
        ┃ Host: h-7
        ┃ Zone: eu-1
        ┃ Owner: storage
        ┃ What to do:
        ┃ - check power
        ┃ - check the switch
        ┃ {_SINCE_NINE}
        ┃ [Query]  [Silence]
        """,),
        config="tenant-detailed.yaml",
    ),
    Row(
        "p25-percent-tilde-star.json",
        (f"""
        @here FIRING · warning · DiskFill – Between ∼50%∼ and ∗all∗ of ˍdataˍ on /var/∗/log/∗ in 2*3*4 h
        ┃ a ∼b∼ c
        ┃ {_SINCE_NINE}
        ┃ [Query]  [Silence]
        """,),
    ),
    Row(
        "p26-severity-capitals.json",
        (f"""
        @here FIRING · critical · DbDown – A is down
        ┃ 2 firing
        ┃ critical · `db=a`
        ┃ A is down
        ┃ {_SINCE_NINE}
        ┃ warning · `db=b`
        ┃ B is slow
        ┃ {_SINCE_NINE}
        ┃ [Query]  [Silence]
        """,),
    ),
    Row(
        "p28-end-before-start.jsonl",
        (
            f"""
            @here FIRING · Blip – blip
            ┃ {_SINCE_NINE}
            ┃ [Query]  [Silence]
            """,
            """
            RESOLVED · Blip – blip
            ┃ until Nov 20, 2026, 9:00 AM CET
            ┃ Query
            (edited 1 time)
              ↳ All resolved · Blip
                until Nov 20, 2026, 9:00 AM CET (in the thread)
            """,
        ),
    ),
    Row(
        "p32-label-null.json",
        (f"""
        @here FIRING · critical · DiskFull – full
        ┃ {_SINCE_NINE}
        ┃ [Query]  [Silence]
        """,),
    ),
    Row(
        "p37-lower-case-z.json",
        (f"""
        @here FIRING · DiskFull – full
        ┃ {_SINCE_NINE}
        ┃ [Query]  [Silence]
        """,),
    ),
    Row(
        "p47-prometheus-replicas.json",
        (f"""
        @here FIRING · critical · NodeDown – n-1 is down
        `node=n-1`
        ┃ {_SINCE_NINE}
        ┃ [Query]  [Silence]
        """,),
    ),
    Row(
        "p51-runbook-other-names.json",
        (f"""
        @here FIRING · warning · KubeJobFailed – Job failed
        ┃ {_SINCE_NINE}
        ┃ [Runbook]  [Playbook]  [Dashboard]  [Query]  [link]  [Silence]
        """,),
        links={
            "Runbook": "https://runbooks.example/job",
            "Dashboard": "https://grafana.example/d/job",
            "Playbook": "https://wiki.example/job",
            "link": "https://x.example/1",
        },
    ),
    Row(
        "p56-truncated-then-resolved.jsonl",
        (
            f"""
            @here FIRING · critical · PodCrash – web-0 crashes
            ┃ 3 firing
            ┃ `pod=web-0`
            ┃ web-0 crashes
            ┃ {_SINCE_NINE}
            ┃ `pod=web-1`
            ┃ web-1 crashes
            ┃ {_SINCE_NINE}
            ┃ `pod=web-2`
            ┃ web-2 crashes
            ┃ {_SINCE_NINE}
            ┃ +37 not sent
            ┃ [Query]  [Silence]
            """,
            """
            FIRING · PodCrash
            ┃ 3 resolved
            ┃ resolved · pod=web-0 – Nov 20, 2026, 9:00 AM CET–9:10 AM CET (10 min)
            ┃ resolved · pod=web-1 – Nov 20, 2026, 9:00 AM CET–9:10 AM CET (10 min)
            ┃ resolved · pod=web-2 – Nov 20, 2026, 9:00 AM CET–9:10 AM CET (10 min)
            ┃ +37 not sent
            ┃ [Query]
            (edited 1 time)
              ↳ 3 resolved · PodCrash
                pod=web-0 – Nov 20, 2026, 9:00 AM CET–9:10 AM CET (10 min)
                pod=web-1 – Nov 20, 2026, 9:00 AM CET–9:10 AM CET (10 min)
                pod=web-2 – Nov 20, 2026, 9:00 AM CET–9:10 AM CET (10 min) (in the thread)
            """,
        ),
    ),
    Row(
        "p59-annotation-a-number.json",
        (f"""
        @here FIRING · critical · DiskFull – Disk is full
        `host=h-1`
        ┃ {_SINCE_NINE}
        ┃ [Query]  [Silence]
        """,),
    ),
]  # fmt: skip


def rows(given: list[Row]) -> list[Any]:
    """The rows as pytest takes them."""
    late = {row.file: [pytest.mark.xfail(strict=True, reason=row.not_built)] for row in given if row.not_built}
    return [pytest.param(row, id=str(row), marks=late.get(row.file, [])) for row in given]


def arguments(file: str, config: str = "tenant.yaml") -> tuple[str, ...]:
    return ("preview", "--config", str(FIELD_CASES / config), "--webhook", str(FIELD_CASES / file))


async def previewed(file: str, config: str = "tenant.yaml", *more: str) -> str:
    done = await run(*arguments(file, config), *more)
    assert (done.code, done.err) == (0, ""), done
    return done.out


async def calls(file: str, config: str = "tenant.yaml", *more: str) -> list[dict[str, Any]]:
    """The calls to Slack."""
    read: list[dict[str, Any]] = json.loads(await previewed(file, config, "--json", *more))
    return read


def colors(made: list[dict[str, Any]]) -> list[str]:
    return [part["color"] for call in made for part in call["arguments"]["attachments"]]


def blocks(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All blocks of these calls."""
    parts = [part for call in made for part in (call["arguments"], *call["arguments"]["attachments"])]
    return [block for part in parts for block in part["blocks"]]


def buttons(made: list[dict[str, Any]]) -> dict[str, str]:
    """Where the buttons of these calls lead, by what stands on them."""
    rows = [block["elements"] for block in blocks(made) if block["type"] == "actions"]
    return {button["text"]["text"]: button["url"] for row in rows for button in row}


def as_drawn(text: str) -> list[str]:
    """The lines of a drawing that are not empty, without margins and footers."""
    plain = text.replace("\N{NARROW NO-BREAK SPACE}", " ")
    kept = (line.rstrip() for line in plain.splitlines() if line.strip() and not _FOOTER.match(line))
    return dedent("\n".join(kept)).splitlines()


@pytest.mark.parametrize("row", rows(ROWS))
async def test_the_channel_shows_what_is_true_after_each_body(row: Row) -> None:
    drawn = await previewed(row.file, row.config, "--steps")
    linked = buttons(await calls(row.file, row.config))

    steps = _HEADING.split(drawn)[1:]
    assert [as_drawn(step) for step in steps] == [as_drawn(step) for step in row.shown]
    assert {name: linked.get(name) for name in row.links} == row.links


async def test_a_message_that_waits_for_what_was_not_sent_is_never_green() -> None:
    made = await calls("p56-truncated-then-resolved.jsonl")

    assert GREEN not in colors(made)
    assert [call["reason"] for call in made] == ["first", "some_resolved", "some_resolved"]
    assert not any("All resolved" in call["arguments"]["text"] for call in made)


async def test_it_says_in_every_language_that_more_was_not_sent() -> None:
    made = await calls("p56-truncated-then-resolved.jsonl", "tenant.yaml", "--locale", "all")

    found = {
        call["locale"]: found[0]
        for call in made
        if call["reason"] == "first" and (found := re.findall(r"\+37 [^.]+", call["arguments"]["text"]))
    }
    assert found == {
        "en": "+37 not sent",
        "fr": "+37 non envoyées",
        "de": "+37 nicht gesendet",
        "es": "+37 no enviadas",
        "it": "+37 non inviati",
    }


async def test_an_end_before_its_start_turns_the_message_green() -> None:
    made = await calls("p28-end-before-start.jsonl")

    assert [(call["reason"], call["method"]) for call in made] == [
        ("first", "chat.postMessage"),
        ("all_resolved", "chat.update"),
        ("all_resolved", "chat.postMessage"),
    ]
    assert colors(made)[-1] == GREEN


async def test_private_names_are_nowhere_in_a_message() -> None:
    [call] = await calls("p15-grafana-private-group-label.json")

    shown = json.dumps({name: call["arguments"][name] for name in ("text", "blocks", "attachments")})
    assert "__alert_rule_uid__" not in shown


async def test_what_flaps_stays_one_message() -> None:
    made = await calls("p65-flapping.jsonl")
    drawn = as_drawn(_HEADING.split(await previewed("p65-flapping.jsonl", "tenant.yaml", "--steps"))[-1])

    assert [call["method"] for call in made if "thread_ts" not in call["arguments"]] == [
        "chat.postMessage",
        *["chat.update"] * 11,
    ]
    assert drawn[:6] == [
        "RESOLVED · Flap – flaps",
        "`host=h`",
        "┃ reopened 5 times",
        "┃ Nov 20, 2026, 9:10 AM CET–9:11 AM CET (1 min)",
        "┃ Query",
        "(edited 11 times)",
    ]


async def test_what_flaps_notifies_nobody_of_every_turn_and_says_so() -> None:
    made = await calls("p65-flapping.jsonl", "tenant.yaml", "--every", "1m")

    replies = [call["arguments"] for call in made if "thread_ts" in call["arguments"]]
    assert [one.get("reply_broadcast", False) for one in replies] == [False, True, False, True, False, True]
    assert "flapping: no more replies until it has been quiet for 10 min" in replies[-1]["text"]
    assert "flapping: reopened 5 times" in made[-1]["arguments"]["text"]


async def test_that_it_flaps_is_shown_in_every_language() -> None:
    made = await calls("p65-flapping.jsonl", "tenant.yaml", "--every", "1m", "--locale", "all")

    texts = " ".join(call["arguments"]["text"] for call in made)
    words = ("flapping", "instable", "flattert", "inestable", "instabile")
    assert [texts.count(word) > 4 for word in words] == [True] * 5


async def test_an_alert_that_is_grouped_otherwise_leaves_its_old_message() -> None:
    drawn = _HEADING.split(await previewed("p60-group-changed.jsonl", "tenant.yaml", "--steps"))
    states = [[head[0] for line in as_drawn(one) if (head := _HEADLINE.findall(line))] for one in drawn[1:]]

    assert states == [["FIRING"], ["MOVED", "FIRING"], ["MOVED", "RESOLVED"]]


async def test_a_picture_of_grafana_is_a_block_of_the_message() -> None:
    [picture] = [one for one in blocks(await calls("p13-grafana-values-image.json")) if one["type"] == "image"]

    assert picture["image_url"] == "https://grafana.example/render/abc.png"
    assert picture["alt_text"]


async def test_a_receiver_may_lead_nowhere() -> None:
    done = await run("tenant", "validate", str(FIELD_CASES / "c04-null-receiver.yaml"))

    assert done.code == 0
    assert [line.split(": ")[2] for line in done.err.splitlines()] == ["route", "receivers[2]"]


async def test_single_quotes_belong_to_the_value_and_are_warned_of() -> None:
    file = str(FIELD_CASES / "c32-single-quotes.yaml")

    routed = await run("route", "test", "--config", file, "severity=critical")
    quoted = await run("route", "test", "--config", file, "severity='critical'")
    validated = await run("tenant", "validate", file)

    assert (routed.code, routed.out, quoted.out) == (0, "default\n", "oncall\n")
    assert (validated.code, validated.out) == (0, f"{file}: tenant acme is valid\n")
    assert routed.err.startswith(
        f"warning: {file}:7:19: route.routes[0].matchers[0]: the single quotes belong to the value"
    )
    assert routed.err in validated.err


def test_every_input_is_tried() -> None:
    tried = Path(__file__).read_text(encoding="utf-8")

    assert [path.name for path in sorted(FIELD_CASES.iterdir()) if f'"{path.name}"' not in tried] == []
