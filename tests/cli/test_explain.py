"""`alert-router explain`: what becomes of each alert of a webhook and why, from nothing but files."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from router.core.model.rules.names import LANGUAGES
from tests.cli.running import refused, run
from tests.docs.markdown import blocks

TOP: Final = Path(__file__).parents[2]
SAMPLES: Final = TOP / "docs" / "samples" / "incident"
TENANT: Final = """\
version: 1
tenant: acme
platform: {slack: {token: {secret: slack}}}
time_zone: Europe/Paris
route:
  receiver: default
  routes:
    - {matchers: ['alertname="Watchdog"'], receiver: "null"}
    - {matchers: ['team="db"', 'severity="page"'], receiver: oncall}
    - {matchers: ['team="db"'], receiver: oncall, group_wait: 30s, continue: true}
    - {matchers: ['severity="info"'], receiver: default, mute_time_intervals: [always]}
    - {matchers: ['team=~".+"'], receiver: default}
receivers:
  - {name: default, slack: {channel: "#alerts"}}
  - {name: oncall, slack: {channel: C0123456, locale: fr-FR}}
  - {name: "null"}
heartbeats: [{matchers: ['alertname="Beat"'], every: 5m, receiver: default}]
time_intervals: [{name: always, time_intervals: [{years: ["2026"]}]}]
"""


def alert(name: str, status: str = "firing", **labels: str) -> dict[str, Any]:
    times = {"startsAt": "2026-11-20T08:00:00Z", "endsAt": "2026-11-20T08:01:00Z" if status == "resolved" else ""}
    return {"labels": {"alertname": name, **labels}, "status": status, **{k: v for k, v in times.items() if v}}


@pytest.fixture
def tenant(tmp_path: Path) -> Path:
    path = tmp_path / "acme.yaml"
    path.write_text(TENANT, encoding="utf-8")
    return path


async def explained(tenant: Path, *alerts: dict[str, Any], more: tuple[str, ...] = ()) -> str:
    body = {"version": "4", "groupKey": "g", "groupLabels": {"alertname": "A"}, "alerts": alerts}
    path = tenant.parent / "body.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    done = await run("explain", "--config", str(tenant), "--webhook", str(path), *more)
    assert (done.code, done.err) == (0, "")
    return done.out.replace(f"{path}", "body.json")


async def test_the_routes_that_were_tried_the_group_and_what_comes_next(tenant: Path) -> None:
    shown = await explained(tenant, alert("Disk", team="web", severity="critical"))

    lines = shown.replace("\N{NARROW NO-BREAK SPACE}", " ").splitlines()
    assert lines[:7] == [
        'Disk{severity="critical",team="web"} · firing · body.json',
        "  ✓ {}",
        '    ✗ {alertname="Watchdog"}  alertname="Disk"',
        '    ✗ {severity="page",team="db"}  severity="critical"',
        '    ✗ {team="db"}  team="web"',
        '    ✗ {severity="info"}  severity="critical"',
        '    ✓ {team=~".+"} → default',
    ]
    assert lines[7].startswith("  → default · #alerts · en · A{} · ")
    assert lines[8:12] == [
        "    Shown at Nov 20, 2026, 9:00 AM CET in #alerts as firing",
        "    Sent: message (first notification)",
        "    Repeat at Nov 20, 2026, 1:00 PM CET, if it is still reported",
        "    Shown as no longer reported at Nov 20, 2026, 9:00 PM CET, if nobody reports it until then",
    ]


async def test_an_alert_in_two_groups_waits_in_one_and_is_shown_in_the_other(tenant: Path) -> None:
    [found] = json.loads(await explained(tenant, alert("Disk", team="db"), more=("--json",)))

    first, second = found["groups"]
    assert (first["receiver"], first["outcome"], first["until"]) == (
        "oncall",
        "waiting",
        "2026-11-20T08:00:30.000000Z",
    )
    assert (second["receiver"], second["outcome"], second["calls"]) == (
        "default",
        "shown",
        [{"op": "post", "reason": "first"}],
    )


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (alert("Watchdog"), "Not sent: the receiver has no destination"),
        (alert("Disk", severity="info"), "Not sent: muted by the time interval always until"),
        (alert("Beat"), "A heartbeat: no message is sent of it, only when it stops"),
        (alert("Disk", "resolved"), "Not sent: it ended before it was notified"),
    ],
)
async def test_what_is_not_sent_says_why(tenant: Path, one: dict[str, Any], words: str) -> None:
    assert words in await explained(tenant, one)


async def test_what_holds_it_back_is_named_for_programs(tenant: Path) -> None:
    [found] = json.loads(await explained(tenant, alert("Disk", severity="info"), more=("--json",)))

    [group] = found["groups"]
    assert (group["outcome"], group["reason"], group["held_by"]["name"]) == ("held", "mute_time_interval", "always")


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_every_language_has_its_own_words(tenant: Path, locale: str) -> None:
    shown = await explained(tenant, alert("Watchdog"), more=("--locale", locale))

    assert ("Not sent" in shown) is (locale == "en")


async def test_an_alert_that_cannot_be_used_is_named_with_the_reason(tenant: Path) -> None:
    bad = {"labels": {"alertname": "Bad"}, "status": "burning"}

    first, second = json.loads(await explained(tenant, bad, alert("Disk"), more=("--json",)))

    assert (first["status"], second["status"]) == ("dead_letter", "firing")
    assert "status" in first["dead_letter"]


async def test_readme_prints_what_the_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    printed = [one.text for one in blocks(TOP / "README.md", "text") if "limits.notifications" in one.text]
    sample = "docs/samples/incident"

    done = await run("explain", "--config", f"{sample}/tenant.yaml", "--webhook", f"{sample}/1-appears.json")

    assert [one.replace("\u202f", " ") for one in printed] == [done.out.replace("\u202f", " ")]


async def test_texts_of_alerts_are_printed_as_they_are(tenant: Path) -> None:
    assert '{x="a<b&c"}' in await explained(tenant, alert("Disk", x="a<b&c"))


async def test_a_body_or_a_time_that_cannot_be_read_is_refused(tenant: Path) -> None:
    path = tenant.parent / "bad.json"
    path.write_text("[1]", encoding="utf-8")

    refused(await run("explain", "--config", str(tenant), "--webhook", str(path)), 2, "bad.json")
    sample = str(SAMPLES / "1-appears.json")
    refused(await run("explain", "--config", str(tenant), "--webhook", sample, "--at", "noon"), 2, "--at")
    refused(await run("explain", "--config", str(tenant), "--webhook", sample, "--locale", "xx"), 2, "--locale")


@pytest.fixture
def inhibiting(tenant: Path) -> Path:
    """The same tenant, with an inhibition rule."""
    rule = "{name: cluster, source_matchers: ['alertname=\"Down\"'], target_matchers: ['alertname=\"Disk\"']}"
    tenant.write_text(f"{TENANT}inhibit_rules: [{rule}]\n", encoding="utf-8")
    return tenant


async def test_what_inhibits_an_alert_of_the_same_body_is_named(inhibiting: Path) -> None:
    shown = await explained(inhibiting, alert("Down"), alert("Disk"))

    assert "Not sent: inhibited by the rule cluster as long as its source fires" in shown
    assert shown.count("Shown at") == 1
