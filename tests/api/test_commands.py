"""Commands with `--server`: they print what they print where the record is, and say what they may not."""

import json
from pathlib import Path

import pytest

from tests.api.offering import written
from tests.api.serving import OPERATOR, Asking
from tests.cli.running import fed, refused
from tests.config.samples import SMALL, changed
from tests.e2e.system import Finished

RULES = "".join(line for line in SMALL.splitlines(keepends=True) if not line.startswith("platform"))


async def asked(api: Asking, key: str, *arguments: str, stdin: bytes = b"") -> Finished:
    """Run a command that asks the API with this key."""
    return await fed(stdin, *arguments, SERVER=api.url, TOKEN=key)


async def test_a_tenant_is_applied_listed_and_shown_with_its_tokens_and_secrets(api: Asking, tmp_path: Path) -> None:
    key, file = await api.key("operator"), written(tmp_path, "acme.yaml", SMALL)
    steps = [
        (f"tenant apply {file} --dry-run -m first", "tenant acme: version 1 would be active: "),
        (f"tenant apply {file} -m first", "tenant acme: version 1 is active: "),
        (f"tenant apply {file}", "tenant acme: unchanged, version 1 stays active\n"),
        ("tenant list", "acme\t1\n"),
        ("tenant history acme", "1\t"),
        ("tenant show acme", SMALL),
        ("platform show acme", "version: 1\ntenant: acme\nplatform: "),
        ("token create acme", "ar_"),
        ("secret set acme slack", "secret slack of tenant acme is set\n"),
        ("secret list acme", "slack\n"),
        ("key list", ""),
        ("audit list --limit 1", ""),
    ]
    for command, begins in steps:
        done = await asked(api, key, *command.split(), stdin=b"xoxb-1-secret")
        assert (command, done.code, done.out[: len(begins)]) == (command, 0, begins), done.err
    [version] = json.loads((await asked(api, key, "tenant", "history", "acme", "--json")).out)
    assert (version["message"], version["from"], version["active"]) == ("first", str(file), True)


async def test_the_key_may_stand_in_a_file_and_the_server_be_named(api: Asking, tmp_path: Path) -> None:
    file = written(tmp_path, "key", f"{await api.key('viewer')}\n")
    done = await fed(b"", "tenant", "list", "--server", f"{api.url}/", "--token-file", str(file), TOKEN="ark_other")
    assert (done.code, done.out, done.err) == (0, "", "")


async def test_a_denial_names_what_would_have_allowed_it(api: Asking, tmp_path: Path) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    file = written(tmp_path, "acme.yaml", changed("matchers: ['a=\"b\"']", "matchers: ['a=\"c\"']"))
    done = await asked(api, await api.key("viewer", "acme"), "tenant", "apply", str(file))
    refused(done, 1, "denied (not_in_role)", "it takes configuration.write of role", "for tenant acme")


async def test_mistakes_that_the_server_finds_come_with_file_and_line(api: Asking, tmp_path: Path) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    file = written(tmp_path, "acme.yaml", RULES.replace('"#alerts"', '"#secret"'))
    done = await asked(api, await api.key("editor", "acme"), "tenant", "apply", "--tenant", "acme", str(file))
    refused(done, 2, f"{file}:8:38: receivers[0].slack.channel: ", "choose one of those or have it added")


async def test_somebody_elses_tenant_is_none(api: Asking) -> None:
    await api.apply(OPERATOR, "globex", SMALL.replace("acme", "globex"))
    key = await api.key("tenant_admin", "acme")
    for command in ("tenant show", "tenant history", "token list", "secret list"):
        refused(await asked(api, key, *command.split(), "globex"), 1, "there is no tenant 'globex' that you may read")


@pytest.mark.parametrize(("command", "named"), [
    ("hold", "`alert-router hold`"),
    ("tenant suspend acme", "`alert-router tenant suspend`"),
    ("control status", "`alert-router control status`"),
])  # fmt: skip
async def test_what_no_api_answers_says_so_by_name(command: str, named: str) -> None:
    refused(await fed(b"", *command.split(), SERVER="https://control.example.com"), 2, named, "without --server")
    typed = await fed(b"", *command.split(), "--server", "https://control.example.com")
    refused(typed, 2, named, "ALERT_ROUTER_SERVER")


async def test_what_asks_no_installation_runs_whatever_server_is_set(tmp_path: Path) -> None:
    file = written(tmp_path, "acme.yaml", SMALL)
    done = await fed(b"", "tenant", "validate", str(file), SERVER="https://control.example.com")
    assert (done.code, done.out) == (0, f"{file}: tenant acme is valid\n")


@pytest.mark.parametrize(("settings", "arguments", "code", "printed"), [
    ({"SERVER": "http://control.example.com"}, "", 2, "to control.example.com in clear; use https://"),
    ({"SERVER": "control.example.com"}, "", 2, "is not the address of a control API"),
    ({"SERVER": "https://ana:secret@control.example.com"}, "", 2, "is not the address of a control API"),
    ({"SERVER": "http://127.0.0.1:1"}, "", 1, "does not answer"),
    ({"SERVER": "http://127.0.0.1:1", "TOKEN": ""}, "", 2, "ALERT_ROUTER_TOKEN"),
    ({"SERVER": "http://127.0.0.1:1", "TOKEN": "two words"}, "", 2, "one word"),
    ({"SERVER": "http://127.0.0.1:1", "TOKEN_FILE": "/nowhere"}, "", 2, "set as well as"),
    ({"SERVER": "http://127.0.0.1:1"}, "--token-file /nowhere", 2, "cannot be read"),
    ({"SERVER": "http://127.0.0.1:1"}, "--ca-file /dev/null", 2, "no PEM certificates"),
    ({"SERVER": "http://127.0.0.1:1", "REDIS__URL": "redis://127.0.0.1:1"}, "", 1, "http://127.0.0.1:1"),
])  # fmt: skip
async def test_a_server_that_cannot_be_asked_is_named(
    settings: dict[str, str], arguments: str, code: int, printed: str
) -> None:
    refused(await fed(b"", "tenant", "list", *arguments.split(), **{"TOKEN": "ark_x"} | settings), code, printed)


async def test_a_key_that_is_not_known_is_not_repeated(api: Asking) -> None:
    done = await asked(api, "ark_of-nobody", "tenant", "list")
    refused(done, 2, "does not know who asks", "--token-file")
    assert "ark_of-nobody" not in done.err


@pytest.mark.parametrize(("option", "printed"), [("--author", "who asks"), ("--break-glass", "past the record")])
async def test_what_makes_no_sense_with_a_server_is_refused(
    api: Asking, tmp_path: Path, option: str, printed: str
) -> None:
    file = written(tmp_path, "acme.yaml", SMALL)
    done = await asked(api, await api.key("operator"), "tenant", "apply", str(file), option, "ana")
    refused(done, 2, option, printed)
