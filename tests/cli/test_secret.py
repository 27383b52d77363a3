"""`alert-router secret`: values come in by stdin or a hidden prompt and are never seen again."""

import asyncio
import json
import os
import pty
import sys
import termios
from pathlib import Path
from typing import Any

import pytest
from alert_router_local.process import HOST, free_port
from slack_emulator import Emulator

from router.adapters.crypto.sealing import Sealer
from router.adapters.redis.connection import Connection
from router.adapters.redis.secrets import SecretRepository
from router.control.secrets import SecretStore
from router.core.model.rules.names import SecretName
from tests.adapters.builders import ACME, BETA
from tests.adapters.test_sealing import NEW, OLD, text_of
from tests.cli.running import environment, fed, refused, run
from tests.waiting import eventually

SLACK = SecretName("slack")
VALUE = "xoxb-1-Very-Secret"


def settings(url: str, *keys: bytes) -> dict[str, str]:
    """The settings of a command on this Redis, with these keys."""
    return {"REDIS__URL": url, "SECRETS__KEY": ",".join(map(text_of, keys))}


def stored(redis: Connection, *keys: bytes) -> SecretStore:
    """The store as a worker with these keys has it."""
    return SecretStore(SecretRepository(redis), Sealer(keys))


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
async def test_a_secret_is_read_from_stdin_without_the_end_of_its_line(
    engine: str, redis: Connection, ending: str
) -> None:
    done = await fed((VALUE + ending).encode(), "secret", "set", "acme", "slack", **settings(engine, NEW))

    assert (done.code, done.out, done.err) == (0, "secret slack of tenant acme is set\n", "")
    assert await stored(redis, NEW).find(ACME, SLACK) == VALUE


async def test_the_key_may_stand_in_a_file(engine: str, redis: Connection, tmp_path: Path) -> None:
    made = await run("secret", "key")
    (tmp_path / "key").write_text(made.out, encoding="utf-8")
    files = {"REDIS__URL": engine, "SECRETS__KEY_FILE": str(tmp_path / "key")}

    done = await fed(VALUE.encode(), "secret", "set", "acme", "slack", **files)

    assert (made.code, done.code) == (0, 0)
    [text] = (await SecretRepository(redis).of(ACME)).texts.values()
    assert VALUE not in text


async def test_a_key_in_a_file_is_its_owners_alone_and_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "secrets.key"
    made = await run("secret", "key", "--file", str(file))
    key = file.read_text(encoding="ascii")
    again = await run("secret", "key", "--file", str(file), "--json")

    assert (made.code, made.out) == (0, "")
    assert key.strip() not in made.err
    assert file.stat().st_mode & 0o777 == 0o600
    refused(again, 1, "is there already", "needs that key")
    assert file.read_text(encoding="ascii") == key


async def test_names_are_listed_and_values_are_not(engine: str, redis: Connection) -> None:
    for name in ("slack", "another"):
        await stored(redis, NEW).put(ACME, SecretName(name), VALUE)
    await stored(redis, NEW).put(BETA, SecretName("theirs"), VALUE)

    listed = await run("secret", "list", "acme", REDIS__URL=engine)
    as_json = await run("secret", "list", "acme", "--json", REDIS__URL=engine)
    none = await run("secret", "list", "nobody", "--json", REDIS__URL=engine)

    assert (listed.code, listed.out, listed.err) == (0, "another\nslack\n", "")
    assert json.loads(as_json.out) == [{"name": "another"}, {"name": "slack"}]
    assert (none.code, none.out) == (0, "[]\n")


async def test_what_keeps_a_stored_secret_from_being_used_is_noted(engine: str) -> None:
    where = settings(engine, NEW)
    early = await fed(VALUE.encode(), "secret", "set", "beta", "slack", **where)
    hidden = await fed(VALUE.encode(), "secret", "set", "acme", "slack", **where, SECRET__ACME__SLACK="theirs")

    assert (early.code, hidden.code) == (0, 0)
    assert "beta has no configuration yet" in early.err
    assert "ALERT_ROUTER_SECRET__ACME__SLACK" in hidden.err
    assert "theirs" not in hidden.err


@pytest.mark.parametrize(
    "typed", [["{v}"], ["--value", "{v}"], ["--value={v}"], ["-v{v}"], ["-{v}"], ["-o", "{v}"], ["--", "{v}"]]
)
async def test_a_value_typed_as_an_argument_is_refused_and_not_repeated(engine: str, typed: list[str]) -> None:
    arguments = [part.format(v=VALUE) for part in typed]

    done = await fed(b"x", "secret", "set", "acme", "slack", *arguments, **settings(engine, NEW))

    refused(done, 2, "from stdin, never from an argument")
    assert VALUE[4:] not in done.err


@pytest.mark.parametrize(
    "names", [("acme", VALUE), (VALUE, "slack"), ("a|b", "slack"), ("acme", "a:b"), ("", "slack")]
)
async def test_names_of_another_form_are_refused_and_not_repeated(engine: str, names: tuple[str, str]) -> None:
    done = await fed(b"x", "secret", "set", *names, **settings(engine, NEW))

    refused(done, 2, "TENANT and NAME", "lower-case letters")
    assert VALUE not in done.err


@pytest.mark.parametrize(
    ("content", "printed"),
    [
        (b"", "stdin is empty"),
        (b"\n", "stdin is empty"),
        (b"  \n", "stdin is empty"),
        (b"garbage", "--force"),
        (b"xoxb-a b", "--force"),
        (b"\xff\xfe", "UTF-8"),
        (b"x" * 65537, "64"),
    ],
)
async def test_what_is_no_secret_is_refused_and_nothing_is_stored(
    engine: str, raw: Any, content: bytes, printed: str
) -> None:
    refused(await fed(content, "secret", "set", "acme", "slack", **settings(engine, NEW)), 2, printed)

    assert not await raw.exists("alert-router:{acme}:secrets")


async def test_what_is_no_slack_token_is_stored_by_force(engine: str, redis: Connection) -> None:
    done = await fed(b"garbage", "secret", "set", "acme", "slack", "--force", **settings(engine, NEW))

    assert done.code == 0
    assert await stored(redis, NEW).find(ACME, SLACK) == "garbage"


async def test_slack_is_asked_first_and_a_token_that_it_does_not_know_is_not_stored(
    engine: str, redis: Connection, slack: Emulator
) -> None:
    where = settings(engine, NEW) | {"SLACK__BASE_URL": f"{slack.url}/api/"}
    unknown = await fed(b"xoxb-unknown", "secret", "set", "acme", "slack", "--check", **where)
    refused(unknown, 1, "nothing was stored", "does not know the token")
    assert await stored(redis, NEW).names(ACME) == []

    known = await fed(b"xoxb-acme", "secret", "set", "acme", "slack", "--check", **where)
    assert known.code == 0
    assert "team acme (T1)" in known.err
    assert await stored(redis, NEW).find(ACME, SLACK) == "xoxb-acme"


async def test_a_secret_is_deleted_and_one_that_is_in_use_only_by_force(engine: str, redis: Connection) -> None:
    for name in ("slack", "old-slack"):
        await stored(redis, NEW).put(ACME, SecretName(name), VALUE)

    done = await run("secret", "delete", "acme", "old-slack", REDIS__URL=engine)
    again = await run("secret", "delete", "acme", "old-slack", REDIS__URL=engine)
    in_use = await run("secret", "delete", "acme", "slack", REDIS__URL=engine)
    forced = await run("secret", "delete", "acme", "slack", "--force", REDIS__URL=engine)

    assert (done.code, done.out) == (0, "secret old-slack of tenant acme is deleted\n")
    refused(again, 1, "no stored secret", "alert-router secret list acme")
    refused(in_use, 1, "named by its configuration", "--force")
    assert forced.code == 0
    assert await stored(redis, NEW).names(ACME) == []


@pytest.mark.parametrize("arguments", [("set", "acme", "slack"), ("rotate",)])
async def test_without_a_key_nothing_is_stored_and_the_way_to_one_is_named(
    engine: str, arguments: tuple[str, ...]
) -> None:
    done = await fed(VALUE.encode(), "secret", *arguments, REDIS__URL=engine)

    refused(done, 2, "ALERT_ROUTER_SECRETS__KEY_FILE", "alert-router secret key")
    assert VALUE not in done.err


@pytest.mark.parametrize("key", ["c2hvcnQtUHJpdmF0ZQ==", "Private-key!", f"{text_of(NEW)},Private"])
async def test_a_wrong_key_is_refused_by_every_command_that_needs_one_and_not_repeated(engine: str, key: str) -> None:
    for arguments in (("set", "acme", "slack"), ("rotate",), ("list", "acme")):
        done = await fed(b"x", "secret", *arguments, REDIS__URL=engine, SECRETS__KEY=key)

        refused(done, 2, "ALERT_ROUTER_SECRETS__KEY: key ")
        assert [part for part in key.split(",") if part in done.err] == []


async def test_a_misspelt_setting_of_the_store_is_named_and_its_value_is_not(engine: str) -> None:
    done = await run("secret", "list", "acme", REDIS__URL=engine, SECRETS__KEYS=text_of(NEW))

    refused(done, 2, "ALERT_ROUTER_SECRETS__KEYS")
    assert text_of(NEW) not in done.err


async def test_rotation_makes_the_old_key_needless(engine: str, redis: Connection) -> None:
    for tenant in (ACME, BETA):
        await stored(redis, OLD).put(tenant, SLACK, VALUE)

    done = await run("secret", "rotate", **settings(engine, NEW, OLD))
    again = await run("secret", "rotate", "--json", **settings(engine, NEW, OLD))

    key = Sealer([NEW]).newest
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"2 encrypted again with key {key}, 0 had it already")
    assert json.loads(again.out) == {"key": key, "rotated": 0, "unchanged": 2, "failed": []}
    assert [await stored(redis, NEW).find(tenant, SLACK) for tenant in (ACME, BETA)] == [VALUE, VALUE]


async def test_rotation_fails_while_a_secret_needs_a_key_that_is_not_there(engine: str, redis: Connection) -> None:
    await stored(redis, OLD).put(ACME, SLACK, VALUE)
    await stored(redis, b"m" * 32).put(BETA, SLACK, VALUE)

    done = await run("secret", "rotate", **settings(engine, NEW, OLD))

    assert done.code == 1
    assert "1 encrypted again" in done.out
    assert "keep the older keys" in done.out
    assert "error: secret 'slack' of tenant 'beta'" in done.err
    assert VALUE not in done.out + done.err


async def test_without_redis_a_command_says_so_before_it_asks_for_the_secret() -> None:
    done = await run("secret", "set", "acme", "slack", **settings(f"redis://{HOST}:{free_port()}/0", NEW))

    refused(done, 1, "Redis")


async def test_on_a_terminal_a_secret_is_asked_for_hidden_and_stands_in_no_process_list(
    engine: str, redis: Connection
) -> None:
    """A process of its own with a terminal; what the terminal shows is all that anybody could see."""
    master, slave = pty.openpty()
    os.set_blocking(master, False)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "router",
        "secret",
        "set",
        "acme",
        "slack",
        env=environment(**settings(engine, NEW)),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    shown = ""

    def asked() -> bool:
        nonlocal shown
        shown += _read(master)
        echoes = termios.tcgetattr(master)[3] & termios.ECHO
        return "(not shown)" in shown and not echoes

    try:
        await eventually(asked, within_s=30)
        os.write(master, f"{VALUE}\n".encode())
        while process.returncode is None:
            assert VALUE not in arguments_of(process.pid)
            shown += _read(master)
            await asyncio.wait([asyncio.ensure_future(process.wait())], timeout=0.1)
        shown += _read(master)
    finally:
        os.close(master)
    assert process.returncode == 0, shown
    assert "secret slack of tenant acme is set" in shown
    assert VALUE not in shown
    assert await stored(redis, NEW).find(ACME, SLACK) == VALUE


def arguments_of(pid: int) -> str:
    """What everybody on the machine may read of a process; nothing once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 65536).decode()
    except OSError:
        return ""
