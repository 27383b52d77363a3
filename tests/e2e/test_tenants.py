"""No tenant sees, speaks for or delays another; and each one's configuration is taken over while all goes on."""

import asyncio
import json
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.conftest import LATE_TOKEN
from tests.e2e.system import System, Tenant
from tests.e2e.tenants import document, write
from tests.e2e.webhooks import body, firing, resolved
from tests.waiting import eventually


async def test_two_tenants_with_the_same_alert_never_see_each_others(fast: System) -> None:
    async with fast.tenant("twin-a") as one, fast.tenant("twin-b") as other:
        shared = firing()
        await asyncio.gather(one.send(shared), other.send(shared))
        await one.settled()
        await other.settled()
        await one.send(shared, firing(instance="only-a"))
        await one.settled()

        [mine], [theirs] = await one.messages(), await other.messages()
        assert "only-a" in mine.text
        assert "only-a" not in theirs.text
        assert len(theirs.texts) == 1
        assert {call["method"] for call in await other.calls()} == {"auth.test", "chat.postMessage"}


async def test_a_tenant_cannot_use_a_secret_that_only_another_has(fast: System, tmp_path: Path) -> None:
    async with fast.tenant("rich") as rich, fast.tenant("poor") as poor:
        await apply(fast, tmp_path, document("poor", secret="treasure"))
        await poor.send(firing())
        await rich.send(firing())
        await rich.settled()
        await poor.parked()

        assert await poor.calls() == []
        assert await poor.messages() == []
        assert len(await rich.messages()) == 1
        assert (await poor.books())["pending"] == 1
        [first, *_] = [row for row in fast.log_lines() if row["event"] == "secret_not_found"]
        assert first["tenant"] == "poor"
        assert "ALERT_ROUTER_SECRET__POOR__TREASURE" in first["error"]

        await apply(fast, tmp_path, document("poor"))
        books = await poor.settled(within_s=3)
        assert (books["changes"], books["notified"]) == (1, 1)
        assert len(await poor.messages()) == 1
        assert len(await rich.messages()) == 1


async def test_a_new_configuration_holds_within_a_second(fast: System, tmp_path: Path) -> None:
    async with fast.tenant("moves") as tenant:
        await tenant.send(firing("Before"))
        await tenant.settled()
        await fast.emulator("workspaces", team_id=tenant.team, channels=["elsewhere"])
        await apply(fast, tmp_path, document("moves", channel="#elsewhere"))
        await eventually(lambda: loaded(tenant, version=2), within_s=1)
        await tenant.send(firing("After"))
        await tenant.settled()

        [before], [after] = await tenant.messages(), await tenant.messages("elsewhere")
        assert "Before" in before.text
        assert "After" in after.text


@pytest.mark.long
async def test_a_channel_that_is_renamed_or_given_by_its_id_goes_on_in_its_open_message(
    fast: System, tmp_path: Path
) -> None:
    async with fast.tenant("renamed") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        [posted] = await tenant.calls("chat.postMessage")
        await fast.emulator("channels/rename", team_id=tenant.team, channel="alerts", name="ops")

        for number, channel in enumerate(("#ops", posted["channel"]), 2):
            await apply(fast, tmp_path, document("renamed", channel=channel))
            await eventually(partial(loaded, tenant, version=number))
            await tenant.send(*(firing(instance=f"node-{one}") for one in range(1, number + 1)))
            await tenant.settled()

        [message] = await tenant.messages("ops")
        assert "3 firing" in message.text
        assert [call["channel"] for call in await tenant.calls("chat.update")] == [posted["channel"]] * 2


async def test_live_messages_move_to_where_a_new_configuration_shows_them(fast: System, tmp_path: Path) -> None:
    """Its receiver goes and another takes over: nothing twice, and the old message says what became of it."""
    async with fast.tenant("rerouted") as tenant:
        await fast.emulator("workspaces", team_id=tenant.team, channels=["oncall"])
        await tenant.send(firing())
        await tenant.settled()
        changed = document("rerouted", channel="#oncall", route={"receiver": "oncall"})
        changed["receivers"][0]["name"] = "oncall"
        await apply(fast, tmp_path, changed)
        await eventually(lambda: shown(tenant, "oncall"), within_s=5)
        await tenant.settled()

        [before], [after] = await tenant.messages(), await tenant.messages("oncall")
        assert before.text.startswith("MOVED, critical: DiskFull")
        assert "are in another message" in before.text
        assert (after.text.startswith("FIRING, critical: DiskFull"), len(after.texts)) == (True, 1)

        await tenant.send(resolved())
        await tenant.settled()
        [before_again], [after] = await tenant.messages(), await tenant.messages("oncall")
        assert before_again == before
        assert after.text.startswith("RESOLVED")


@pytest.mark.long
async def test_a_tenants_file_that_names_its_neighbour_changes_nothing_and_the_neighbour_is_served(
    fast: System, tmp_path: Path
) -> None:
    """Another tenant, its token, a channel of everybody and limits without end, in a file of `envious`."""
    async with fast.tenant("coveted") as victim:
        await fast.emulator("workspaces", team_id=victim.team, channels=["public"])
        greedy = {"inbound": {"rate": "1000000/s", "burst": 1_000_000}}
        hostile = document("coveted", channel="#public", limits=greedy)
        file = write(tmp_path, [hostile]) / "coveted.yaml"
        before = await fast.command("tenant", "history", "coveted", "--json")

        refused = await fast.command("tenant", "apply", "--tenant", "envious", str(file))
        await victim.send(firing("Neighbour"))
        await victim.settled()

        assert (refused.code, refused.out) == (2, "")
        assert "tenant: `coveted` is another tenant; with --tenant envious only its own file is taken" in refused.err
        assert "platform: is the operator's part, which stays as it is" in refused.err
        assert await fast.command("tenant", "history", "coveted", "--json") == before
        assert [one["author"] for one in json.loads(before.out)] == ["up"]
        assert any("Neighbour" in message.text for message in await victim.messages())
        assert await victim.messages("public") == []


async def taken(tenant: Tenant) -> bool:
    """Whether the gateway knows it by now: until then senders are asked to come again."""
    return (await tenant.post(body(firing()))).status == 202


async def shown(tenant: Tenant, channel: str) -> bool:
    return bool(await tenant.messages(channel))


async def test_a_tenant_that_comes_later_needs_no_restart(fast: System, tmp_path: Path) -> None:
    late = Tenant(fast, "late")
    await fast.emulator("workspaces", team_id=late.team, tokens=[LATE_TOKEN], channels=["alerts"])
    await apply(fast, tmp_path, document("late", locale="fr"))
    created = await fast.command("token", "create", "late")
    assert created.code == 0, created.err
    fast.ready["tokens"]["late"] = created.out.strip()
    async with fast.tenant("late") as tenant:
        await eventually(lambda: taken(tenant), every_s=0.1)
        tenant.sent = 1
        await tenant.settled()

        assert (await tenant.message()).text.startswith("EN COURS")


async def apply(system: System, folder: Path, changed: dict[str, object]) -> None:
    file = write(folder, [changed]) / f"{changed['tenant']}.yaml"
    applied = await system.command("tenant", "apply", str(file))
    assert applied.code == 0, applied.err
    assert f"tenant {changed['tenant']}: version " in applied.out


def loaded(tenant: Tenant, *, version: int) -> bool:
    rows = [row for row in tenant.system.log_lines() if row["event"] == "configuration_loaded"]
    return any((row["tenant"], row["version"]) == (tenant.name, version) for row in rows)
