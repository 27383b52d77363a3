"""What people are used to from other programs: options, standard input, one style of errors."""

import io
import json

import pytest
from ruamel.yaml import YAML

from tests.cli.running import fed, refused, run
from tests.config.samples import EXAMPLE


@pytest.mark.parametrize("option", ["--version", "-V"])
async def test_the_version_is_printed(option: str) -> None:
    done = await run(option)

    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("alert-router ")


@pytest.mark.parametrize("command", ["", "tenant ", "tenant apply "])
async def test_help_has_a_short_name(command: str) -> None:
    short = await run(*f"{command}-h".split())
    long = await run(*f"{command}--help".split())

    assert (short.code, short.out) == (0, long.out)


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("tenant list --nonsense", "No such option: --nonsense"),
        ("token create", "Missing argument"),
        ("tenant nonsense", "No such command"),
        ("tenant list -o xml", "use table, json or yaml"),
        ("up --port 99999", "--port"),
        ("emulator --port -5", "--port"),
        ("emulator --page-port 65536", "--page-port"),
    ],
)
async def test_the_parser_complains_like_everything_else(command: str, printed: str) -> None:
    done = await run(*command.split())

    refused(done, 2, printed, "Usage: alert-router")
    assert "╭" not in done.err


async def test_json_and_yaml_hold_the_same(engine: str) -> None:
    by_flag = await run("tenant", "list", "--json", REDIS__URL=engine)
    as_json = await run("tenant", "list", "-o", "json", REDIS__URL=engine)
    as_yaml = await run("tenant", "list", "--output", "yaml", REDIS__URL=engine)
    table = await run("tenant", "list", "-o", "table", REDIS__URL=engine)

    assert as_json.out == by_flag.out
    assert YAML(typ="safe").load(as_yaml.out) == json.loads(as_json.out)
    assert table.out == "acme\t1\n"


async def test_what_fails_prints_yaml_as_well_and_keeps_its_exit_code() -> None:
    done = await fed(b"version: 1", "tenant", "validate", "-", "-o", "yaml")

    assert done.code == 2
    assert YAML(typ="safe").load(io.StringIO(done.out))["valid"] is False


async def test_a_dash_is_standard_input(engine: str) -> None:
    validated = await fed(EXAMPLE.encode(), "tenant", "validate", "-")
    applied = await fed(EXAMPLE.encode(), "tenant", "apply", "-", REDIS__URL=engine)

    assert (validated.code, validated.out) == (0, "-: tenant acme is valid\n")
    assert applied.code == 0


async def test_applying_says_by_its_exit_code_whether_anything_changes(engine: str) -> None:
    changed = EXAMPLE.replace("locale: ", "# a comment\nlocale: ", 1).encode()
    arguments = ("tenant", "apply", "-", "--dry-run", "--exit-code")

    assert (await fed(EXAMPLE.encode(), *arguments, REDIS__URL=engine)).code == 0
    assert (await fed(changed, *arguments, REDIS__URL=engine)).code == 1
    assert (await fed(changed, *arguments[:-1], REDIS__URL=engine)).code == 0


@pytest.mark.parametrize("arguments", ["upstream demo", "send-test demo"])
async def test_commands_are_found_under_their_old_names_which_are_not_listed(arguments: str) -> None:
    old, new = await run(*arguments.split()), await run("tenant", *arguments.split())
    listed = await run("--help")

    assert (old.code, old.out) == (new.code, new.out)
    assert arguments.split()[0] not in listed.out


async def test_what_is_valid_and_probably_not_meant_is_a_warning(engine: str) -> None:
    doubtful = EXAMPLE.replace("""'severity="critical"'""", "severity=critical OR warning").encode()

    validated = await fed(doubtful, "tenant", "validate", "-")
    as_json = await fed(doubtful, "tenant", "validate", "-", "--json")
    applied = await fed(doubtful, "tenant", "apply", "-", REDIS__URL=engine)

    assert (validated.code, applied.code) == (0, 0)
    assert validated.err.startswith("warning: -:13:19: route.routes[0].matchers[0]: ")
    assert applied.err == validated.err
    [warning] = json.loads(as_json.out)["warnings"]
    assert (warning["path"], warning["line"], warning["column"]) == ("route.routes[0].matchers[0]", 13, 19)


async def test_strict_validation_takes_warnings_for_errors() -> None:
    unused = (EXAMPLE + "  - {name: spare, slack: {channel: '#alerts'}}\n").encode()

    lenient = await fed(unused, "tenant", "validate", "-")
    strict = await fed(unused, "tenant", "validate", "-", "--strict")
    as_json = await fed(unused, "tenant", "validate", "-", "--strict", "--json")
    clean = await fed(EXAMPLE.encode(), "tenant", "validate", "-", "--strict")

    finding = "-:19:5: receivers[3]: no route has the receiver `spare`; name it in one, or remove it\n"
    assert (lenient.code, lenient.err) == (0, f"warning: {finding}")
    assert (strict.code, strict.out, strict.err) == (2, "", f"error: {finding}")
    assert (as_json.code, json.loads(as_json.out)["valid"]) == (2, False)
    assert (clean.code, clean.err) == (0, "")
