"""`alert-router tenant check` and `send-test` on a real Redis and our strict Slack."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_emulator import Emulator, Fault, FaultKind, TokenStatus

from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.core.model.instant import HOUR, Instant
from router.core.model.registers import Registers
from tests.adapters.builders import an_alert_state, store, waiting, write
from tests.cli.running import refused, run
from tests.e2e.system import Finished

pytestmark = pytest.mark.long

TOKEN = "xoxb-acme"


@pytest.fixture
def workspace(slack: Emulator) -> Emulator:
    """All channels of the sample, with the bot in them."""
    slack.add_channel("T1", "storage", "C2")
    slack.add_channel("T1", "oncall", "C0123456", private=True)
    return slack


@pytest.fixture
def settings(engine: str, workspace: Emulator) -> dict[str, str]:
    return {"REDIS__URL": engine, "SLACK__BASE_URL": f"{workspace.url}/api/", "SECRET__ACME__SLACK": TOKEN}


async def rows(settings: dict[str, str], *, code: int = 0) -> dict[str, dict[str, Any]]:
    done = await run("tenant", "check", "acme", "--json", **settings)
    assert (done.code, done.err) == (code, ""), done
    read = json.loads(done.out)
    assert read["ok"] is (code == 0)
    assert [
        row
        for row in read["rows"]
        if row["state"] != "ok" and not row["remedy"] and not row["detail"].startswith("not asked")
    ] == []
    return {row["name"]: row for row in read["rows"]}


def states(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: row["state"] for name, row in found.items()}


async def test_a_tenant_that_is_set_up_well_is_fine(settings: dict[str, str], workspace: Emulator) -> None:
    found = await rows(settings)

    assert states(found) == {
        "configuration": "ok",
        "secret": "ok",
        "token": "ok",
        "scopes": "ok",
        "edits": "ok",
        "channel #alerts": "ok",
        "channel C0123456": "ok",
        "channel #storage": "ok",
        "charts": "unknown",
        "folded lists": "unknown",
        "language fr-FR": "ok",
        "language en": "ok",
        "upstream": "unknown",
    }
    assert "team acme (T1)" in found["token"]["detail"]
    assert "not seen yet" in found["upstream"]["detail"]
    assert workspace.visible("T1", "alerts") == ()


async def test_people_read_a_table_with_remedies_and_no_colours(
    settings: dict[str, str], workspace: Emulator
) -> None:
    workspace.change_channel("T1", "storage", member=False)

    done = await run("tenant", "check", "acme", **settings)

    assert done.code == 1
    lines = done.out.splitlines()
    assert lines[0] == "ok       configuration     version 1 is active and valid"
    [wrong] = [place for place, line in enumerate(lines) if line.startswith("wrong")]
    assert "channel #storage" in lines[wrong]
    assert lines[wrong + 1].strip().startswith("-> correct the name")
    assert "/invite @alerts" in lines[wrong + 1]
    assert "\x1b" not in done.out


async def test_what_slack_calls_itself_cannot_disturb_the_terminal(
    settings: dict[str, str], workspace: Emulator
) -> None:
    workspace.add_workspace("T2", "a\x1b[2Jb")
    workspace.add_token(TOKEN, "T2")

    done = await run("tenant", "check", "acme", **settings)

    assert "\x1b" not in done.out
    assert "a\\x1b[2Jb" in done.out


async def test_channels_that_cannot_be_used_are_wrong(settings: dict[str, str], workspace: Emulator) -> None:
    workspace.archive_channel("T1", "alerts")
    workspace.change_channel("T1", "C0123456", member=False)

    found = await rows(settings, code=1)

    assert "archived" in found["channel #alerts"]["detail"]
    assert "private" in found["channel C0123456"]["detail"]
    assert states(found)["channel #storage"] == "ok"


async def test_missing_scopes_are_named(settings: dict[str, str], workspace: Emulator) -> None:
    workspace.add_token(TOKEN, "T1", ["channels:read", "groups:read"])

    found = await rows(settings, code=1)

    assert "lacking: chat:write" in found["scopes"]["detail"]
    assert states(found)["edits"] == "wrong"
    assert states(found)["channel #alerts"] == "ok"


async def test_what_the_bot_may_not_look_at_is_unknown_and_not_wrong(
    settings: dict[str, str], workspace: Emulator
) -> None:
    workspace.add_token(TOKEN, "T1", ["chat:write"])

    found = await rows(settings)

    assert states(found)["scopes"] == "unknown"
    assert {states(found)[f"channel {name}"] for name in ("#alerts", "C0123456", "#storage")} == {"unknown"}
    assert "channels:read and groups:read" in found["channel #alerts"]["remedy"]


async def test_a_dead_token_leaves_the_rest_unasked(settings: dict[str, str], workspace: Emulator) -> None:
    workspace.set_token_status(TOKEN, TokenStatus.REVOKED)

    found = await rows(settings, code=1)

    assert "revoked" in found["token"]["detail"]
    assert "alert-router secret set acme slack" in found["token"]["remedy"]
    assert states(found)["scopes"] == states(found)["channel #alerts"] == "unknown"


async def test_a_missing_secret_is_named_with_both_ways_to_give_it(settings: dict[str, str]) -> None:
    del settings["SECRET__ACME__SLACK"]

    found = await rows(settings, code=1)

    assert states(found)["secret"] == "wrong"
    assert "ALERT_ROUTER_SECRET__ACME__SLACK" in found["secret"]["remedy"]
    assert "alert-router secret set acme slack" in found["secret"]["remedy"]
    assert states(found)["token"] == "unknown"


async def test_a_slack_that_is_away_makes_nothing_wrong(settings: dict[str, str], workspace: Emulator) -> None:
    workspace.inject(Fault(FaultKind.SERVICE_UNAVAILABLE, method="auth.test"))

    found = await rows(settings)

    assert states(found)["token"] == "unknown"
    assert "ALERT_ROUTER_SLACK__BASE_URL" in found["token"]["remedy"]


async def test_a_broken_template_is_found(settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "title.j2").write_text("{{ oops", encoding="utf-8")

    found = await rows(settings | {"TEMPLATES_DIR": str(tmp_path)}, code=1)

    assert states(found)["language fr-FR"] == "wrong"
    assert "title.j2:1" in found["language fr-FR"]["detail"]


@pytest.mark.parametrize(("age_h", "state", "code"), [(1, "ok", 0), (5, "wrong", 1)])
async def test_senders_that_repeat_too_seldom_are_found(
    settings: dict[str, str], redis: Connection, age_h: int, state: str, code: int
) -> None:
    seen = Instant(await redis.now() - age_h * HOUR)
    alert = an_alert_state(seen, registers=Registers(start=seen, seen_firing=seen))
    stored = waiting()
    fingerprint = next(iter(stored.alerts))
    await store(GroupStore(redis), [write(waiting(alerts=0), replace(stored, alerts={fingerprint: alert}))])

    found = await rows(settings, code=code)

    assert states(found)["upstream"] == state
    assert f"last heard {age_h} h ago" in found["upstream"]["detail"]


async def test_a_suspended_tenant_is_not_fine(settings: dict[str, str]) -> None:
    await run("tenant", "suspend", "acme", **settings)

    found = await rows(settings, code=1)

    assert found["service"]["remedy"] == "alert-router tenant resume acme"


async def test_a_configuration_that_cannot_be_read_is_wrong(settings: dict[str, str], raw: Any) -> None:
    await raw.set("alert-router:{acme}:config:1", "{}")

    found = await rows(settings, code=1)

    assert states(found) == {"configuration": "wrong", "upstream": "unknown"}


async def sent(settings: dict[str, str], receiver: str = "oncall") -> Finished:
    return await run("tenant", "send-test", "acme", receiver, **settings)


async def test_a_test_message_is_marked_and_in_the_receivers_language(
    settings: dict[str, str], workspace: Emulator
) -> None:
    english, french = await sent(settings), await sent(settings, "default")

    [to_oncall], [to_all] = workspace.visible("T1", "C0123456"), workspace.visible("T1", "alerts")
    assert (english.code, english.out) == (0, f"sent to channel C0123456, ts {to_oncall.ts}\n")
    assert (french.code, french.out) == (0, f"sent to channel C1, ts {to_all.ts}\n")
    assert to_oncall.text.startswith("TEST · This message was sent by hand to try the receiver oncall.")
    assert "Tout va bien" in to_all.text
    assert workspace.anomalies == []


async def test_a_test_message_leaves_nothing_behind(settings: dict[str, str], raw: Any) -> None:
    before = {key async for key in raw.scan_iter(count=1000)}

    await sent(settings)

    assert {key async for key in raw.scan_iter(count=1000)} == before


async def test_why_a_test_message_is_not_there_is_reported_with_the_remedy(
    settings: dict[str, str], workspace: Emulator
) -> None:
    workspace.change_channel("T1", "storage", member=False)

    refused(await sent(settings, "storage"), 1, "not sent: the bot is not in the channel", "/invite")
    as_json = await run("tenant", "send-test", "acme", "storage", "--json", **settings)
    assert as_json.code == 1
    read = json.loads(as_json.out)
    assert (read["sent"], read["problem"]) == (False, "the bot is not in the channel (not_in_channel)")
    assert "/invite" in read["remedy"]


async def test_a_receiver_that_there_is_not_is_refused_with_the_nearest(settings: dict[str, str]) -> None:
    refused(await sent(settings, "onkall"), 1, "no receiver 'onkall'", "did you mean `oncall`?")
    refused(await sent(settings, "x"), 1, "it has default, oncall, storage")


async def test_programs_read_where_a_test_message_stands(settings: dict[str, str], workspace: Emulator) -> None:
    done = await run("tenant", "send-test", "acme", "oncall", "--json", **settings)

    [shown] = workspace.visible("T1", "C0123456")
    assert json.loads(done.out) == {"sent": True, "channel": "C0123456", "ts": shown.ts}
