"""What Slack refuses, forgets or answers badly is shown in the end, once, and as it is then."""

import re
from datetime import UTC, datetime
from functools import partial

import pytest

from tests.e2e.system import System, Tenant
from tests.e2e.test_operations import metrics
from tests.e2e.webhooks import firing, resolved
from tests.waiting import eventually


async def test_a_429_is_obeyed_to_the_second(fast: System) -> None:
    async with fast.tenant("held") as tenant:
        await tenant.fault("rate_limited", retry_after=2)
        await tenant.send(firing())
        books = await tenant.settled()

        first, second = await tenant.calls("chat.postMessage")
        assert (first["status"], second["status"]) == (429, 200)
        assert 2 <= second["arrived_s"] - first["answered_s"] < 4
        assert len(await tenant.messages()) == 1
        assert (books["notified"], books.get("possible_repeats", 0)) == (1, 0)


async def test_a_post_whose_answer_is_lost_is_found_and_is_the_message(fast: System) -> None:
    kinds = ("commit_then_500", "commit_then_drop", "truncated_json")
    async with fast.tenant("found") as tenant:
        await tenant.may_read()
        for kind in kinds:
            await tenant.fault(kind)
            await tenant.send(firing(name=kind))
        books = await tenant.settled()
        assert (books["notified"], books.get("possible_repeats", 0)) == (3, 0)

        for kind in kinds:
            await tenant.send(resolved(name=kind))
        await tenant.settled()
        assert ["RESOLVED" in message.text for message in await tenant.messages()] == [True] * 3


async def test_a_broadcast_whose_answer_is_lost_is_found_in_its_thread(fast: System) -> None:
    async with fast.tenant("found-reply") as tenant:
        await tenant.may_read()
        await tenant.send(firing())
        await tenant.settled()
        await tenant.fault("commit_then_500", threaded=True)
        await tenant.send(firing(), firing(instance="node-2"))
        books = await tenant.settled()

        [reply] = (await tenant.message()).replies
        assert "node-2" in reply.text
        assert (books["notified"], books.get("possible_repeats", 0)) == (2, 0)
        assert len(await tenant.calls("conversations.replies")) == 1


async def test_what_history_does_not_show_yet_is_posted_again_and_counted(fast: System) -> None:
    async with fast.tenant("not-yet") as tenant:
        await tenant.may_read()
        await tenant.fault("stale", "conversations.history", latency_s=60)
        await tenant.fault("commit_then_500")
        await tenant.send(firing())
        books = await tenant.settled()

        assert len(await tenant.messages()) == 2
        assert (books["notified"], books["possible_repeats"]) == (1, 1)


async def test_where_history_may_not_be_read_a_post_is_repeated_and_counted(fast: System) -> None:
    async with fast.tenant("doubtful") as tenant:
        await tenant.fault("commit_then_500")
        await tenant.send(firing())
        books = await tenant.settled()

        first, second = await tenant.calls("chat.postMessage")
        assert (first["status"], second["status"]) == (500, 200)
        assert second["arrived_s"] - first["answered_s"] >= 1
        assert len(await tenant.messages()) == 2
        assert (books["notified"], books["possible_repeats"]) == (1, 1)
        assert await problems(fast, "doubtful") == set()

        await tenant.fault("commit_then_500")
        await tenant.send(firing(name="Other"))
        books = await tenant.settled()
        assert books["possible_repeats"] == 2
        assert len(await tenant.calls("conversations.history")) == 1, "that it may not be read is known by then"


async def test_a_picture_that_slack_cannot_fetch_costs_the_picture_and_nothing_else(fast: System) -> None:
    async with fast.tenant("pictured") as tenant:
        await fast.emulator("pictures/lose", team_id=tenant.team, beginning="https://grafana.internal/")
        await tenant.send({**firing(), "imageURL": "https://grafana.internal/render/a.png"})
        books = await tenant.settled()

        first, second = await tenant.calls("chat.postMessage")
        assert (first["error"], second["error"]) == ("invalid_attachments", None)
        assert "node-1" in (await tenant.message()).text
        assert (books["notified"], books.get("possible_repeats", 0)) == (1, 0)

        await tenant.send(resolved())
        await tenant.settled()
        assert "RESOLVED" in (await tenant.message()).text


async def test_a_message_that_a_person_deleted_is_posted_again_when_it_changes(fast: System) -> None:
    async with fast.tenant("deleted") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        old = await tenant.message()
        await fast.emulator("messages/delete", team_id=tenant.team, channel="alerts", ts=old.ts)
        await tenant.send(firing(), firing(instance="node-2"))
        books = await tenant.settled()

        new = await tenant.message()
        assert new.ts != old.ts
        assert "node-1" in new.text
        assert "node-2" in new.text
        assert (books["changes"], books["notified"]) == (2, 2)


async def test_a_message_that_slack_edits_no_more_goes_on_in_its_thread_for_all_to_see(fast: System) -> None:
    async with fast.tenant("locked") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        await tenant.fault("error", "chat.update", error="edit_window_closed", times=None)

        await tenant.send(firing(), firing(instance="node-2"))
        await tenant.settled()
        await tenant.send(resolved(), resolved(instance="node-2"))
        books = await tenant.settled()

        message = await tenant.message()
        more, end = message.replies
        assert (more.broadcast, end.broadcast) == (True, True)
        assert "node-2" in more.text
        assert "resolved" in end.text.lower()
        assert len(await tenant.calls("chat.update")) == 1, "that edits are refused is known by then"
        assert (books["changes"], books["notified"]) == (4, 4)


async def test_a_thread_that_takes_no_replies_keeps_no_edit_waiting(fast: System) -> None:
    async with fast.tenant("mute") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        await tenant.fault("error", error="restricted_action_thread_locked", times=None)

        await tenant.send(firing(), firing(instance="node-2"))
        await tenant.settled()
        await tenant.send(resolved(), resolved(instance="node-2"))
        books = await tenant.settled()

        message = await tenant.message()
        assert "RESOLVED" in message.text
        assert message.replies == ()
        assert await problems(fast, "mute") == set()
        assert (books["changes"], books["notified"]) == (4, 4)


@pytest.mark.long
async def test_an_edit_that_slack_carries_out_late_does_not_stay(fast: System) -> None:
    """The newest state is shown once more when no call that nobody could judge can still arrive."""
    async with fast.tenant("belated") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        await tenant.fault("late", "chat.update", latency_s=5)

        await tenant.send(firing(), firing(instance="node-2"))
        await eventually(partial(called, tenant, "chat.update", 1))
        await tenant.send(resolved(), resolved(instance="node-2"))
        await eventually(partial(called, tenant, "chat.update", 3), within_s=20)
        await tenant.settled()

        message = await tenant.message()
        assert "RESOLVED" in message.text
        assert "2 firing" in message.texts[-2], message.texts


async def test_an_archived_channel_is_shown_after_it_is_back(fast: System) -> None:
    async with fast.tenant("archived") as tenant:
        await fast.emulator("channels/archive", team_id=tenant.team, channel="alerts")
        await tenant.send(firing())
        await tenant.parked()
        await tenant.send(firing(), firing(instance="node-2"))
        await eventually(lambda: both_pending(tenant.books))
        assert await tenant.messages() == []
        assert await problems(fast, "archived") == {"channel_dead"}

        back_at = datetime.now(UTC).timestamp()
        await fast.emulator("channels/archive", team_id=tenant.team, channel="alerts", archived=False)
        books = await tenant.settled(within_s=5)

        message = await tenant.message()
        assert "2 firing" in message.text
        assert float(message.ts) >= back_at
        assert (books["changes"], books["notified"]) == (2, 2)
        assert "is_archived" in {call["error"] for call in await tenant.calls("chat.postMessage")}
        assert await problems(fast, "archived") == set()


@pytest.mark.long
async def test_of_a_dead_channel_one_call_finds_out_and_the_fallback_is_notified_once(fast: System) -> None:
    async with fast.tenant("orphaned") as tenant:
        await fast.emulator("channels/archive", team_id=tenant.team, channel="alerts")
        names = [f"Orphan{number}" for number in range(8)]
        for name in names:
            await tenant.send(firing(name=name))
        await tenant.parked()

        async def tried_again() -> bool:
            refused = [one for one in await tenant.calls("chat.postMessage") if one["error"] == "is_archived"]
            return len(refused) >= 2

        await eventually(tried_again)
        [notice] = await tenant.messages("spare")
        assert "KANAL NICHT ERREICHBAR" in notice.text
        refused = [one for one in await tenant.calls("chat.postMessage") if one["error"] == "is_archived"]
        assert len(refused) <= 4, "not every group tries"

        await fast.emulator("channels/archive", team_id=tenant.team, channel="alerts", archived=False)
        books = await tenant.settled(within_s=10)
        assert len(await tenant.messages()) == len(names)
        assert books["notified"] == len(names)
        assert len(await tenant.messages("spare")) == 1


async def test_a_revoked_token_is_shown_with_after_it_is_back(fast: System) -> None:
    async with fast.tenant("revoked") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        token = f"xoxb-emulated-{tenant.name}"
        await fast.emulator("tokens/status", token=token, status="revoked")
        await tenant.send(firing(), firing(instance="node-2"))
        await tenant.parked()
        assert await problems(fast, "revoked") == {"token_dead"}
        await fast.emulator("tokens/status", token=token, status="active")
        books = await tenant.settled(within_s=5)

        message = await tenant.message()
        assert "2 firing" in message.text
        assert len(message.replies) == 1
        assert (books["changes"], books["notified"]) == (2, 2)
        assert await problems(fast, "revoked") == set()


async def called(tenant: Tenant, method: str, times: int) -> bool:
    """Whether Slack has received so many calls of a method."""
    return len(await tenant.calls(method)) >= times


async def problems(system: System, tenant: str) -> set[str]:
    """What keeps the tenant's alerts from being shown now, by the metrics."""
    name = re.compile(rf'alert_router_tenant_problem{{reason="(\w+)",tenant="{tenant}"}}')
    return {found[1] for one in await metrics(system) if (found := name.fullmatch(one))}


async def both_pending(books: object) -> bool:
    read = await books()  # type: ignore[operator]
    return bool(read.get("pending") == 2)
