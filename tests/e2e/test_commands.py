"""The command line: what works says so, what does not says what to do; exit code 1 or 2 and never a traceback."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.refusals import REFUSED, WRONG
from tests.e2e.system import Finished, System, command

RIGHT = """# A comment that `show` keeps.
version: 1
tenant: typed
platform: {slack: {token: {secret: slack}}}
route:
  receiver: rest
  group_by: [alertname]
  routes:
    - {matchers: ['severity="critical"'], receiver: oncall, continue: true}
    - {matchers: ['team=~"db|storage"'], receiver: storage}
receivers:
  - {name: rest, slack: {channel: "#rest"}}
  - {name: oncall, slack: {channel: "#oncall"}}
  - {name: storage, slack: {channel: "#storage"}}
"""


@pytest.mark.parametrize("case", REFUSED)
async def test_what_cannot_be_done_is_refused_with_its_remedy(refusals: Mapping[str, Finished], case: str) -> None:
    code, what, remedy = REFUSED[case]
    finished = refusals[case]

    assert "Traceback" not in finished.err
    assert finished.code == code, finished.err
    assert what in finished.err
    assert remedy in finished.err
    assert finished.out == ""


async def test_tenant_validate_says_what_is_right_and_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "typed.yaml").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    right, wrong = await asyncio.gather(
        command("tenant", "validate", str(tmp_path / "typed.yaml")), command("tenant", "validate", str(tmp_path))
    )

    assert (right.code, right.err) == (0, "")
    assert "tenant typed is valid" in right.out
    assert wrong.code == 2
    assert "wrong.yaml:4:" in wrong.err
    assert "receiver" in wrong.err


@pytest.mark.long
async def test_what_was_applied_is_shown_and_listed(fast: System, tmp_path: Path) -> None:
    file = tmp_path / "typed.yaml"
    file.write_text(RIGHT, encoding="utf-8")
    applied = await fast.command("tenant", "apply", str(file))
    again, shown, listed, token = await asyncio.gather(
        fast.command("tenant", "apply", str(file)),
        fast.command("tenant", "show", "typed"),
        fast.command("tenant", "list"),
        fast.command("token", "create", "typed"),
    )

    assert (applied.code, applied.out) == (0, "tenant typed: version 1 is active: new tenant\n")
    assert (again.code, again.out) == (0, "tenant typed: unchanged, version 1 stays active\n")
    assert (shown.code, shown.out) == (0, RIGHT)
    assert "typed\t1" in listed.out.splitlines()
    assert "neighbour\t1" in listed.out.splitlines()
    assert token.code == 0
    stored = json.dumps(await fast.redis.hgetall("alert-router:{:index}:tokens"))
    assert "typed" in stored
    assert token.out.strip() not in stored


async def test_route_test_prints_receivers_as_amtool_does(tmp_path: Path) -> None:
    file = tmp_path / "typed.yaml"
    file.write_text(RIGHT, encoding="utf-8")
    both, other = await asyncio.gather(
        command("route", "test", "--config", str(file), "severity=critical", "team=db"),
        command("route", "test", "--config", str(file), "team=web"),
    )

    assert (both.code, both.out) == (0, "oncall,storage\n")
    assert (other.code, other.out) == (0, "rest\n")
