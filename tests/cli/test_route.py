"""`alert-router route test`: where alerts go, and the way there as a person or a program reads it."""

import json
from pathlib import Path

import pytest

from tests.cli.running import fed, run

FILE = """\
version: 1
tenant: acme
platform: {slack: {token: {secret: slack}}}
route:
  receiver: team
  routes:
    - {matchers: ['severity="critical"', 'team=~"db|storage"'], receiver: oncall, continue: true}
    - matchers: ['team!=""']
      receiver: teams
      routes: [{matchers: ['team="web"'], receiver: web}]
    - {matchers: ['a="b"'], receiver: team}
    - {receiver: team}
receivers: [{name: team}, {name: oncall}, {name: teams}, {name: web}]
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "acme.yaml"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


async def test_the_tree_shows_each_route_tried_and_the_matcher_that_failed(config: str) -> None:
    done = await run("route", "test", "--config", config, "--tree", "severity=critical", "team=web")

    assert done.code == 0
    assert (
        done.out
        == """\
{} team: matches
├── {severity="critical",team=~"db|storage"} oncall: no, team=~"db|storage" fails, team is "web"
├── {team!=""} teams: matches
│   └── {team="web"} web: taken
└── not tried: 2 more
web
"""
    )


async def test_a_route_that_goes_on_and_a_label_that_is_not_there_are_named(config: str) -> None:
    done = await run("route", "test", "--config", config, "--tree", "severity=critical", "team=db")

    assert (
        done.out
        == """\
{} team: matches
├── {severity="critical",team=~"db|storage"} oncall: taken, goes on (continue)
├── {team!=""} teams: taken
│   └── {team="web"} web: no, team="web" fails, team is "db"
└── not tried: 2 more
oncall,teams
"""
    )
    absent = await run("route", "test", "--config", config, "--tree", "x=y")
    assert '├── {a="b"} team: no, a="b" fails, a is not there\n└── {} team: taken\n' in absent.out


async def test_a_program_gets_the_same_as_data(config: str) -> None:
    done = await run("route", "test", "--config", config, "--tree", "--json", "team=db")
    answer = json.loads(done.out)

    assert answer["receivers"] == ["teams"]
    tree = answer["tree"]
    assert (tree["outcome"], tree["untried"]) == ("passed", 2)
    assert [(one["outcome"], one["receiver"], one.get("failed")) for one in tree["routes"]] == [
        ("failed", "oncall", 'severity="critical"'),
        ("taken", "teams", None),
    ]


async def test_many_alerts_are_read_from_a_file_one_a_line(config: str, tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    lines = [{"team": "web"}, {}, {"severity": "critical", "team": "db"}]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n\n", encoding="utf-8")
    arguments = ("route", "test", "--config", config, "--labels-file")

    assert (await run(*arguments, str(file))).out == "web\nteam\noncall,teams\n"
    assert (await fed(b'{"team": "web"}', *arguments, "-")).out == "web\n"
    assert json.loads((await run(*arguments, str(file), "--json")).out) == [
        {"labels": lines[0], "receivers": ["web"]},
        {"labels": lines[1], "receivers": ["team"]},
        {"labels": lines[2], "receivers": ["oncall", "teams"]},
    ]
    assert (await run(*arguments, str(file), "--tree")).out.count("matches\n") == 4


@pytest.mark.parametrize("line", ["[]", "{", '{"a": 1}', "[" * 100_000])
async def test_a_line_that_is_not_a_label_set_is_named(config: str, line: str, tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_text('{"a": "b"}\n' + line, encoding="utf-8")
    done = await run("route", "test", "--config", config, "--labels-file", str(file))

    assert (done.code, done.out) == (2, "")
    assert f"{file}:2: should be a JSON object of texts" in done.err


async def test_labels_are_named_in_one_way(config: str, tmp_path: Path) -> None:
    for more in ([], ["a=b", "--labels-file", str(tmp_path / "x")]):
        done = await run("route", "test", "--config", config, *more)
        assert (done.code, "or --labels-file, and not both" in done.err) == (2, True)
