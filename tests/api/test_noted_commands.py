"""Silences, holds and redrives by command are in the audit log where there is a record, and wait for it nowhere."""

import json
from typing import Any, Final

from pydantic import SecretStr

from router.settings import SealingSettings
from tests.adapters.test_sealing import NEW, text_of
from tests.api.letters import ACME, Desk
from tests.api.serving import OPERATOR, Asking
from tests.cli.keyed import keyed
from tests.cli.running import fed
from tests.config.samples import SMALL
from tests.e2e.system import Finished

AWAY: Final = "postgresql://ar_api:x@127.0.0.1:1/postgres"
ADD: Final = ("silence", "add", "acme", "a=b", "-c", "new disks")


async def entries(api: Asking, prefix: str) -> list[tuple[str, str, str]]:
    """What was audited of actions that begin so, oldest first: what, of what, and by which rule."""
    found = (await api.ask("auditor@all", "GET", "/audit?limit=200")).json["items"]
    return [
        (one["action"], one["resource"], one["decision"]["rule"])
        for one in reversed(found)
        if one["action"].startswith(prefix)
    ]


async def test_a_silence_is_noted_as_it_is_added_and_as_it_ends(api: Asking, emptied: str) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    await api.in_force()

    async def command(*words: str) -> Finished:
        done = await fed(b"", *words, REDIS__URL=emptied, POSTGRES__URL=api.at.url("ar_api"))
        assert (done.code, "warning" in done.err) == (0, False), done.err
        return done

    id_ = (await command(*ADD)).out.strip()
    await command("silence", "list", "acme")
    await command("silence", "expire", "acme", id_)
    resource = f"silence/{id_}"
    assert await entries(api, "silence.") == [
        ("silence.add", resource, "database_login"), ("silence.expire", resource, "database_login"),
    ]  # fmt: skip


async def test_holds_are_noted_as_they_begin_and_end(api: Asking, emptied: str) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    await api.in_force()
    for words in (("tenant", "suspend", "acme"), ("release", "acme"), ("hold",), ("release",)):
        done = await fed(b"", *words, REDIS__URL=emptied, POSTGRES__URL=api.at.url("ar_api"))
        assert (done.code, done.err) == (0, ""), words
    assert await entries(api, "tenant.suspend") == [("tenant.suspend", "hold", "database_login")] * 2
    assert await entries(api, "tenant.resume") == [("tenant.resume", "hold", "database_login")] * 2


async def test_while_the_record_is_away_sending_is_put_on_hold_with_a_warning(api: Asking, emptied: str) -> None:
    done = await fed(b"", "hold", REDIS__URL=emptied, POSTGRES__URL=AWAY)
    assert (done.code, done.out.startswith("sending is on hold for everybody")) == (0, True)
    assert done.err.count("warning: what is done is not in the audit log") == 1
    assert (await fed(b"", "release", REDIS__URL=emptied)).out == "sending goes on\n"


async def test_while_the_record_is_away_a_silence_is_stored_with_a_warning(api: Asking, emptied: str) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    await api.in_force()
    done = await fed(b"", *ADD, REDIS__URL=emptied, POSTGRES__URL=AWAY)
    assert (done.code, done.err.count("warning: what is done is not in the audit log")) == (0, 1), done.err
    [stored] = json.loads((await fed(b"", "silence", "list", "acme", "--json", REDIS__URL=emptied)).out)
    assert stored["id"] == done.out.strip()
    assert await entries(api, "silence.") == []


async def test_each_letter_that_is_redriven_is_noted(desk: Desk, emptied: str) -> None:
    own = [await desk.aside(ACME, offset) for offset in range(2)]
    done = await redriven(desk, emptied, desk.api.at.url("ar_api"), *own)
    assert (done.code, {one["outcome"] for one in json.loads(done.out)}) == (0, {"redriven"}), done.err
    expected = [("deadletter.redrive", f"dead-letter/{one}", "database_login") for one in own]
    assert sorted(await entries(desk.api, "deadletter.")) == sorted(expected)


async def test_while_the_record_is_away_letters_are_redriven_with_one_warning(desk: Desk, emptied: str) -> None:
    own = [await desk.aside(ACME, offset) for offset in range(2)]
    done = await redriven(desk, emptied, AWAY, *own)
    assert (done.code, done.err.count("warning: ")) == (0, 1), done.err
    assert await desk.appended() == len(own)
    assert await entries(desk.api, "deadletter.") == []


async def redriven(desk: Desk, redis: str, record: str, *ids: str) -> Finished:
    """The letters of these ids, by the command."""
    kafka: dict[str, Any] = {
        "KAFKA__BOOTSTRAP_SERVERS": desk.kafka.bootstrap_servers,
        "KAFKA__INBOUND_TOPIC": desk.kafka.inbound_topic,
        "KAFKA__DEAD_LETTER_TOPIC": desk.kafka.dead_letter_topic,
        "KAFKA__IDEMPOTENT_PRODUCER": str(desk.kafka.idempotent_producer).lower(),
    }
    words = ("dead-letter", "redrive", *ids, "--json")
    return await fed(b"", *words, REDIS__URL=redis, POSTGRES__URL=record, **kafka)


async def test_what_is_done_with_tenants_keys_is_noted_with_those_that_go(api: Asking, emptied: str) -> None:
    await keyed(emptied, SealingSettings(key=SecretStr(text_of(NEW))))

    async def command(*words: str) -> Finished:
        settings = {"REDIS__URL": emptied, "POSTGRES__URL": api.at.url("ar_api"), "SEALING__KEY": text_of(NEW)}
        return await fed(b"", "sealing", *words, **settings)

    done = [
        await command(*words)
        for words in (("rotate", "acme"), ("rewrap", "acme"), ("destroy", "acme", "--all"), ("list", "acme"))
    ]
    assert [one.code for one in done] == [0] * 4
    assert await entries(api, "sealing.") == [("sealing.rotate", "keys", "database_login")]

    assert (await command("destroy", "acme", "--all", "--yes")).code == 0
    [newest, *_] = (await api.ask("auditor@all", "GET", "/audit?limit=1")).json["items"]
    assert (newest["action"], newest["tenant"], newest["outcome"]) == ("sealing.destroy", "acme", "done")
    assert {one["path"].split("/")[1] for one in newest["diff"]} == {"payload", "state", "sender", "name"}
    assert {(one["before"], one.get("after")) for one in newest["diff"]} == {("stored", None)}
