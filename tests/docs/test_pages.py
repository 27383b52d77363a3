"""What the pages name exists: links, commands, options, settings, messages; and generated pages are up to date."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.docs.markdown import anchors, blocks, inline_code, links
from tests.docs.pages import PAGES, TOP
from tools.docs import commands, settings
from tools.docs.generate import PAGES as GENERATED

COMMANDS: Final = dict(commands.commands(commands.program()))
GROUPS: Final = {" ".join(path.split()[:1]) for path in COMMANDS}

_OF_HELM: Final = re.compile(r"(?m)^helm .*$")
"""What names a release that is called as the program is."""
_CALL: Final = re.compile(r"(?:^|[\s(`$])(?:\.venv/bin/)?alert-router ([^\n`;&)]*)")
_VARIABLE: Final = re.compile(r"\bALERT_ROUTER_[A-Z_]+[A-Z]\b")
_SECRET: Final = re.compile(r"ALERT_ROUTER_SECRET(?:_FILE)?__\w+")
_ALTERNATIVES: Final = re.compile(r"[a-z-]+(?:\|[a-z-]+)+")
_TARGET: Final = re.compile(r"\bmake (?:PYTHON=\S+ )?([a-z]+(?:-[a-z]+)*)")


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_page_is_the_programs(name: str) -> None:
    assert (TOP / "docs" / name).read_text(encoding="utf-8") == GENERATED[name](), "run: make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    assert [target for target in links(page) if "://" not in target and not leads_somewhere(page, target)] == []


def leads_somewhere(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    there = (page.parent / name).resolve() if name else page
    return there.exists() and (not anchor or anchor in anchors(there))


def test_every_page_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    ahead = [TOP / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached:
            continue
        reached.add(page)
        ahead += [
            there for one in links(page) if (there := (page.parent / one.partition("#")[0]).resolve()).suffix == ".md"
        ]
    assert {page for page in PAGES if "decisions" not in page.parts} - reached == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_exist(page: Path) -> None:
    assert [call for call in calls(page) if not understood(call)] == []


def calls(page: Path) -> Iterator[str]:
    """Each use of the program, in blocks and in the prose; `a|b` stands for both."""
    shown = [block.text.replace("\\\n", " ") for block in blocks(page) if block.language in {"sh", "console", "text"}]
    for text in [*shown, *inline_code(page)]:
        for call in _CALL.findall(_OF_HELM.sub("", text)):
            yield from spread(call.partition(" # ")[0].strip())


def spread(call: str) -> Iterator[str]:
    found = _ALTERNATIVES.search(call)
    if found is None:
        yield call
        return
    for one in found[0].split("|"):
        yield from spread(call[: found.start()] + one + call[found.end() :])


def understood(call: str) -> bool:
    words = (
        shlex.split(call.replace("<", " ").replace(">", " "), comments=True)
        if call.count('"') % 2 == 0
        else call.split()
    )
    if not words or words[0] in {"COMMAND", "--install-completion", "--help", "--show-completion"}:
        return True
    path = next((path for path in (" ".join(words[:2]), words[0]) if path in COMMANDS), None)
    if path is None:
        return words == words[:1] and words[0] in GROUPS
    named = [word.partition("=")[0] for word in words if word.startswith("--")]
    return set(named) <= commands.options(COMMANDS[path])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_exist(page: Path) -> None:
    named = set(_VARIABLE.findall(_SECRET.sub("", page.read_text(encoding="utf-8"))))

    assert {one for one in named - settings.variables() if one != "ALERT_ROUTER_SECRET"} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_targets_exist(page: Path) -> None:
    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    text = [*inline_code(page), *(block.text for block in blocks(page))]
    named = {target for one in text for target in _TARGET.findall(one)}

    assert {target for target in named if f"\n{target}:" not in makefile} == set()


def test_what_the_first_hour_says_that_the_product_says_it_says() -> None:
    sources = [TOP / "Makefile", *(TOP / "router").rglob("*.py")]
    known = " ".join(source.read_text(encoding="utf-8") for source in sources)
    rows = re.findall(
        r"^\| [^|]+ \| `([^|]+)` \|", (TOP / "docs/first-hour.md").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert len(rows) > 10
    assert [printed for printed in rows if printed not in known] == []
