"""Redis loses everything: what was accepted waits for its tenant, senders are let in, and nobody is dead-lettered."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.conftest import FAST_SETTINGS
from tests.e2e.system import Json, System, Tenant, up
from tests.e2e.tenants import document, inhibiting, sealed, write
from tests.e2e.test_storm import digests, ended, problem, shown
from tests.e2e.webhooks import body, firing, resolved
from tests.waiting import eventually

pytestmark = [pytest.mark.long, pytest.mark.night]
NAMES = ("first", "second", "silent")
STORM = document("stormy", route={"group_by": ["service"]})


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[System]:
    tenants = write(tmp_path / "tenants", [*map(document, NAMES), STORM, inhibiting("inhibits"), sealed("named")])
    async with up(tenants, **FAST_SETTINGS) as running:
        yield running


async def test_what_comes_in_after_the_loss_is_shown_once_its_tenant_is_there_again(
    system: System, tmp_path: Path
) -> None:
    first, second, silent = (Tenant(system, name) for name in NAMES)
    for tenant in (first, second, silent):
        await tenant.send(firing())
        await tenant.settled()
    assert (await system.command("tenant", "suspend", "silent")).code == 0
    await eventually(lambda: logged(system, "tenant_suspended"))

    await system.redis.flushall()
    await eventually(lambda: logged(system, "index_lost"), within_s=10)
    await eventually(lambda: logged(system, "tokens_brought_back"), within_s=10)
    await eventually(lambda: lost_by_ready(system), within_s=15)
    for tenant in (first, second, silent):
        assert (await tenant.post(body(firing("AfterLoss")))).status == 202
    reply = await first.post(body(firing()), Authorization="Bearer nobodys")
    assert reply.status == 503, "as long as a token may have been lost, none is called unknown"

    await applied(system, tmp_path, "first")
    await eventually(lambda: shows(first, "AfterLoss"), within_s=30)
    assert await system.kafka.records("alerts.dead-letter") == []

    await applied(system, tmp_path, "second", "silent", "stormy", "inhibits", "named")
    await eventually(lambda: shows(second, "AfterLoss"), within_s=30)
    await eventually(lambda: folded(silent), within_s=30)
    assert not await shows(silent, "AfterLoss"), "a suspended tenant does not come back unsuspended"
    assert await system.kafka.records("alerts.dead-letter") == []
    await eventually(lambda: well_by_ready(system), within_s=15)


async def test_what_a_source_held_back_is_held_back_when_it_is_put_together_again(
    system: System, tmp_path: Path
) -> None:
    tenant = Tenant(system, "inhibits")
    await tenant.send(firing("ClusterDown", "lb", cluster="eu"))
    await tenant.settled()
    await tenant.send(firing("Slow", severity="warning", cluster="eu"))
    await eventually(lambda: is_held(system), within_s=10)
    await eventually(lambda: events_are_out(system), within_s=10)

    await system.redis.flushall()
    await applied(system, tmp_path, "inhibits")
    await eventually(lambda: logged(system, "data_recovered"), within_s=30)
    await eventually(lambda: is_held(system), within_s=30)
    [message] = await tenant.messages()
    assert "ClusterDown" in message.text

    await tenant.send(resolved("ClusterDown", "lb", cluster="eu"))
    await eventually(lambda: shows(tenant, "Slow"), within_s=10)


async def is_held(system: System) -> bool:
    keys = await system.redis.keys("alert-router:{inhibits}:awaiting:*")
    return [await system.redis.scard(key) for key in keys] == [1]


async def test_messages_that_are_there_are_edited_on_and_what_had_ended_does_not_fire_again(
    system: System, tmp_path: Path
) -> None:
    first, second = Tenant(system, "first"), Tenant(system, "second")
    await first.send(firing(instance="node-1"), firing(instance="node-2"))
    await first.settled()
    await first.send(resolved(instance="node-2"))
    await first.settled()
    await second.send(firing("Over"))
    await second.settled()
    await second.send(resolved("Over"))
    await second.settled()
    shown, over = await first.message(), await second.message()
    await eventually(lambda: events_are_out(system), within_s=10)

    await system.redis.flushall()
    await applied(system, tmp_path, "first", "second")
    await eventually(lambda: logged(system, "data_recovered"), within_s=30)
    planned = await system.command("recover", "--dry-run", "--json", "first")
    assert planned.code == 0, planned.err
    assert json.loads(planned.out)["tenants"] == [{"tenant": "first", "messages": 0, "suspended": False}]
    first.sent = second.sent = 0
    await first.send(firing(instance="node-1"), firing(instance="node-3"))
    await eventually(lambda: shows(first, "node-3"), within_s=30)
    await second.send(firing("Next"))
    await eventually(lambda: shows(second, "Next"), within_s=30)

    message = await first.message()
    assert message.ts == shown.ts, "no second message"
    assert ("2 firing" in message.text, "1 resolved" in message.text) == (True, True)
    assert (await second.messages())[0].texts == over.texts
    for tenant in (first, second):
        await tenant.books()
        assert await tenant.anomalies() == []


async def test_a_message_of_a_sealed_tenant_is_edited_on_by_the_names_in_its_events(
    system: System, tmp_path: Path
) -> None:
    tenant, keys = Tenant(system, "named"), "alert-router:{named}:keys"
    await eventually(lambda: system.redis.exists(keys), within_s=10)
    await tenant.send(firing(instance="node-1"), firing(instance="node-2"))
    await tenant.settled()
    await tenant.send(resolved(instance="node-2"))
    await tenant.settled()
    shown = await tenant.message()
    await eventually(lambda: named_events(system), within_s=10)

    await system.redis.flushall()
    await applied(system, tmp_path, "named")
    await eventually(lambda: logged(system, "data_recovered"), within_s=30)
    tenant.sent = 0
    await tenant.send(firing(instance="node-1"), firing(instance="node-3"))
    await eventually(lambda: shows(tenant, "node-3"), within_s=30)
    await tenant.settled(within_s=30)

    message = await tenant.message()
    assert message.ts == shown.ts, "no second message"
    assert ("2 firing" in message.text, "1 resolved" in message.text) == (True, True)
    assert await tenant.anomalies() == []
    await eventually(lambda: system.redis.exists(keys), within_s=10)


async def named_events(system: System) -> bool:
    """Whether all that was shown of the sealed tenant is in Kafka, no alert by its id."""
    events = [json.loads(one.value) for one in await system.kafka.records("alerts.events")]
    shown = [one["shown"]["alerts"] for one in events if one["tenant"] == "named" and "shown" in one]
    assert all(alert["alert"].startswith("~") for alerts in shown for alert in alerts)
    return len(shown) == 2


async def test_an_operator_puts_data_together_by_hand_and_messages_that_are_there_are_edited_on(
    system: System, tmp_path: Path
) -> None:
    first = Tenant(system, "first")
    await first.send(firing(instance="node-1"), firing(instance="node-2"))
    await first.settled()
    await first.send(firing("Other"))
    await first.settled()
    before = [message.ts for message in await first.messages()]
    await eventually(lambda: events_are_out(system), within_s=10)

    await system.redis.flushall()
    await applied(system, tmp_path, *NAMES)
    recovered = await system.command("recover", "--json", "first")
    assert recovered.code == 0, recovered.err
    report = json.loads(recovered.out)
    assert ([one["tenant"] for one in report["tenants"]], report["records"]) == (["first"], 2)
    planned = json.loads((await system.command("recover", "--dry-run", "--json", "first")).out)
    assert planned["tenants"] == [{"tenant": "first", "messages": 0, "suspended": False}], "nothing is left to do"

    first.sent = 0
    await first.send(resolved(instance="node-2"), resolved("Other"))
    await eventually(lambda: shows(first, "1 resolved"), within_s=30)
    await first.settled(within_s=30)
    assert [message.ts for message in await first.messages()] == before, "no second message"
    assert await first.anomalies() == []


async def test_recovering_again_what_is_whole_changes_nothing(system: System) -> None:
    first = Tenant(system, "first")
    await first.send(firing(instance="node-1"))
    books = await first.settled()
    shown = await first.messages()
    await eventually(lambda: events_are_out(system), within_s=10)

    recovered = await system.command("recover", "first")

    assert recovered.code == 0, recovered.err
    assert "tenant first: 0 messages" in recovered.out
    after = await first.books()
    assert {one: after[one] for one in ("changes", "notified", "pending")} == {
        one: books[one] for one in ("changes", "notified", "pending")
    }
    assert await first.messages() == shown


async def events_are_out(system: System) -> bool:
    """Whether all that was shown is in Kafka."""
    waiting = [await system.redis.xlen(f"alert-router:{{{name}}}:outbox") for name in (*NAMES, "stormy")]
    return not any(waiting)


async def applied(system: System, folder: Path, *names: str) -> None:
    """An operator applies these tenants' configurations again."""
    for name in names:
        finished = await system.command("tenant", "apply", str(folder / "tenants" / f"{name}.yaml"))
        assert finished.code == 0, finished.err


def logged(system: System, event: str) -> list[Json]:
    """What an operator reads."""
    return [row for row in system.log_lines() if row["event"] == event]


async def lost_by_ready(system: System) -> bool:
    """Whether /ready names all tenants as lost, and takes no work."""
    status, text = await system.get("/ready")
    return status == 503 and all(name in text.partition('"lost"')[2] for name in NAMES)


async def well_by_ready(system: System) -> bool:
    """Whether /ready names no tenant as lost any more."""
    status, text = await system.get("/ready")
    return status == 200 and "lost" not in text


async def shows(tenant: Tenant, name: str) -> bool:
    """Whether the channel shows an alert of that name."""
    return any(name in text for message in await tenant.messages() for text in (message.text, *message.texts))


async def folded(tenant: Tenant) -> bool:
    """Whether what came in is stored."""
    return (await tenant.books()).get("accepted", 0) > 0


async def test_a_digest_is_edited_on_and_counts_what_ended_since(system: System, tmp_path: Path) -> None:
    stormy = Tenant(system, "stormy")
    await stormy.send(*(alert for number in range(60) for alert in problem(number)))
    await eventually(lambda: all_shown(stormy, 60), within_s=30)
    [before] = await digests(stormy)
    messages = {one.ts for one in await stormy.messages()}
    await eventually(lambda: events_are_out(system), within_s=10)

    await system.redis.flushall()
    await eventually(lambda: logged(system, "index_lost"), within_s=10)
    await eventually(lambda: logged(system, "tokens_brought_back"), within_s=10)
    for number in range(20):
        assert (await stormy.post(body(*ended(number)))).status == 202
    await applied(system, tmp_path, "stormy")
    await eventually(lambda: logged(system, "data_recovered"), within_s=30)
    await eventually(lambda: counts(stormy, 40), within_s=30)

    assert {one.ts for one in await stormy.messages()} == messages, "nobody is posted again"
    [after] = await digests(stormy)
    assert after.ts == before.ts
    await eventually(lambda: all_shown(stormy), within_s=10)
    assert await stormy.anomalies() == []


async def all_shown(tenant: Tenant, notified: int = 0) -> bool:
    books = await tenant.books()
    return books.get("notified", 0) >= notified and not books.get("pending")


async def counts(tenant: Tenant, firing: int) -> bool:
    """Whether so many alerts are shown as firing."""
    return await shown(tenant) == firing
