"""The commands of README and docs work as printed.

The convention: a block ```sh is run, in its order, in one shell and in a folder that looks like a clone after
`make install`; the first command that fails, fails the test. A block ```console is only shown: it needs a real Slack,
an Alertmanager or a container engine, or is a line of usage; that its commands exist is looked at in `test_pages`.
"""

import asyncio
import json
import shutil
import sys
from pathlib import Path
from typing import Final

import pytest

from router.config.parts import is_platform_alone, is_rules_alone, read_platform, read_rules
from router.config.read import document_of, parse
from tests.docs.first_hour import FIRST_HOUR, to_run
from tests.docs.markdown import Block, blocks
from tests.docs.pages import PAGES
from tests.docs.shell import shell
from tests.docs.test_first_hour_api import PAGE as FIRST_HOUR_API
from tests.docs.test_record import AUDIT, CONTROL_PLANE
from tests.docs.test_restore import OPERATIONS

ELSEWHERE: Final = {FIRST_HOUR, FIRST_HOUR_API, OPERATIONS, CONTROL_PLANE, AUDIT}
"""Pages with a test of their own, which looks at what is printed as well."""


@pytest.mark.long
@pytest.mark.timeout(240)
async def test_the_first_hour_with_the_emulator_in_slacks_place(first_hour: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    assert_printed(
        first_hour,
        "tenant acme is valid", "\nteam\n", '"page"', '"event": "ready"', '"ready":true',
        "secret slack of tenant acme is set", "ok       channel #alerts", "unknown  upstream",
        "sent to channel", '{"accepted":1}', "ok       upstream",
        "alert-router-acme", "nothing was stored", "+locale: fr", "version 2 is active", "version 3 is active",
    )  # fmt: skip


def assert_printed(printed: str, *wanted: str) -> None:
    assert [one for one in wanted if one not in printed] == [], printed


@pytest.mark.long
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page not in ELSEWHERE and to_run(page)],
    ids=lambda page: page.name,
)
async def test_the_blocks_of_the_other_pages(page: Path, clone: Path) -> None:
    async with shell(clone) as terminal:
        for block in to_run(page):
            await terminal.run(block)


@pytest.mark.parametrize("block", [one for page in PAGES for one in blocks(page, "yaml")], ids=str)
def test_examples_of_tenants_are_valid(block: Block) -> None:
    if "tenant:" in block.text:
        written = parse(block.text, str(block))
        if is_platform_alone(written):
            assert read_platform(written).tenant
        else:
            assert (read_rules(written) if is_rules_alone(written) else document_of(written)).tenant


@pytest.mark.long
@pytest.mark.parametrize("block", [one for page in PAGES for one in blocks(page, "python")], ids=str)
async def test_examples_in_python_run(block: Block, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", block.text, cwd=tmp_path, stderr=asyncio.subprocess.PIPE
    )
    _, err = await process.communicate()

    assert (process.returncode, err.decode()) == (0, "")


def test_json_is_json() -> None:
    for block in [one for page in PAGES for one in blocks(page, "json")]:
        assert json.loads(block.text), block


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_says_what_it_is(page: Path) -> None:
    known = {"sh", "console", "text", "yaml", "json", "python", "mermaid"}

    assert [str(block) for block in blocks(page) if block.language not in known] == []
