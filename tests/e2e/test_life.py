"""What a channel shows while alerts come, join, resolve and come back."""

import pytest

from tests.e2e.system import System
from tests.e2e.tenants import LANGUAGES
from tests.e2e.webhooks import body, firing, resolved

GREEN = "#2EB67D"
RED = "#D0021B"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_one_body_gives_one_message_in_the_tenants_language(fast: System, language: str) -> None:
    async with fast.tenant(f"speaks-{language}") as tenant:
        await tenant.send(firing())
        books = await tenant.settled()

        message = await tenant.message()
        assert message.text.startswith(LANGUAGES[language])
        assert "DiskFull" in message.text
        assert "node-1" in message.text
        assert message.color == RED
        assert message.replies == ()
        assert (books["changes"], books["notified"]) == (1, 1)
        assert len(await tenant.calls("chat.postMessage", "chat.update")) == 1


async def test_the_same_record_again_says_nothing(fast: System) -> None:
    async with fast.tenant("repeats") as tenant:
        content = body(firing())
        for _ in range(3):
            assert (await tenant.post(content)).status == 202
        tenant.sent = 3
        await tenant.settled()
        [*_, record] = [
            one for one in await fast.kafka.records("alerts.inbound") if dict(one.headers)["tenant"] == b"repeats"
        ]
        assert record.value == content
        await fast.kafka.append(record.value, record.headers, record.key)
        tenant.sent += 1
        books = await tenant.settled()

        assert len(await tenant.messages()) == 1
        assert len(await tenant.calls("chat.postMessage", "chat.update")) == 1
        assert (books["accepted"], books["duplicates"], books["changes"], books["notified"]) == (4, 3, 1, 1)


async def test_an_alert_that_joins_is_edited_in_and_replied_in_a_broadcast(fast: System) -> None:
    async with fast.tenant("joins") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        await tenant.send(firing(), firing(instance="node-2"))
        books = await tenant.settled()

        message = await tenant.message()
        assert len(message.texts) == 2
        assert "2 firing" in message.text
        assert "node-2" in message.text
        [reply] = message.replies
        assert reply.broadcast
        assert "1 new alert" in reply.text
        assert "node-2" in reply.text
        assert "node-1" not in reply.text
        assert (books["changes"], books["notified"]) == (2, 2)


async def test_what_ends_turns_the_message_green_at_last_and_is_replied_quietly(fast: System) -> None:
    async with fast.tenant("partly") as tenant:
        await tenant.send(firing(), firing(instance="node-2"))
        await tenant.settled()
        await tenant.send(resolved(), firing(instance="node-2"))
        await tenant.settled()

        halfway = await tenant.message()
        assert "1 firing" in halfway.text
        assert "1 resolved" in halfway.text
        assert halfway.color == RED

        await tenant.send(resolved(instance="node-2"))
        books = await tenant.settled()

        message = await tenant.message()
        assert message.text.startswith("RESOLVED")
        assert message.color == GREEN
        assert [(reply.broadcast, reply.text.split(":")[0]) for reply in message.replies] == [
            (False, "1 resolved"),
            (False, "All resolved"),
        ]
        assert (books["changes"], books["notified"]) == (4, 4)


async def test_what_comes_back_soon_reopens_its_message_in_a_broadcast(fast: System) -> None:
    async with fast.tenant("reopens") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        await tenant.send(resolved())
        await tenant.settled()
        await tenant.send(firing(since_s=0))
        books = await tenant.settled()

        message = await tenant.message()
        assert message.text.startswith(("FIRING", "<!here> FIRING"))
        assert "reopened 1 time" in message.text
        assert message.color == RED
        assert [reply.broadcast for reply in message.replies] == [False, True]
        assert "Reopened" in message.replies[-1].text
        assert "<!here>" in message.replies[-1].text
        assert (books["changes"], books["notified"]) == (3, 3)


@pytest.mark.long
async def test_what_flaps_says_so_and_is_edited_alone_from_then_on(fast: System) -> None:
    async with fast.tenant("flaps") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        for _ in range(6):
            await tenant.send(resolved())
            await tenant.settled()
            await tenant.send(firing(since_s=0))
            await tenant.settled()

        message = await tenant.message()
        assert "flapping: reopened 6 times" in message.text
        assert [reply.broadcast for reply in message.replies] == [False, True] * 3
        assert "no more replies until it has been quiet for 10 min" in message.replies[-1].text


async def test_what_comes_back_late_gets_a_new_message(fast: System) -> None:
    async with fast.tenant("renews") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        await tenant.send(resolved())
        await tenant.settled()
        await tenant.send(firing(since_s=0))
        books = await tenant.settled()

        old, new = await tenant.messages()
        assert old.color == GREEN
        assert new.color == RED
        assert "reopened" not in new.text
        assert new.replies == ()
        assert (books["changes"], books["notified"]) == (3, 3)


async def test_on_change_post_gives_a_new_message_for_each_change(fast: System) -> None:
    async with fast.tenant("posts") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        await tenant.send(firing(), firing(instance="node-2"))
        await tenant.settled()
        await tenant.send(resolved(), resolved(instance="node-2"))
        await tenant.settled()

        messages = await tenant.messages()
        assert [one.text.split(",")[0].split(":")[0] for one in messages] == ["FIRING", "FIRING", "RESOLVED"]
        assert [one.replies for one in messages] == [(), (), ()]
        assert await tenant.calls("chat.update") == []


async def test_on_change_edit_never_replies(fast: System) -> None:
    async with fast.tenant("edits") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        await tenant.send(firing(), firing(instance="node-2"))
        await tenant.settled()
        await tenant.send(resolved(), resolved(instance="node-2"))
        await tenant.settled()

        message = await tenant.message()
        assert message.color == GREEN
        assert len(message.texts) == 3
        assert message.replies == ()


async def test_without_send_resolved_the_message_still_turns_green(fast: System) -> None:
    async with fast.tenant("hushed") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        await tenant.send(resolved())
        books = await tenant.settled()

        message = await tenant.message()
        assert message.color == GREEN
        assert message.replies == ()
        assert (books["changes"], books["notified"]) == (2, 2)
