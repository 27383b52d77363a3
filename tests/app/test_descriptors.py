"""A gateway takes no more connections than the system has descriptors for."""

import asyncio
import json
import sys

import pytest

from router.app.descriptors import RESERVED

PROGRAM = """
import json, resource, sys
from router.app.descriptors import connections_that_fit
from router.observe.logging import configure_logging

configure_logging("INFO")
soft, hard, wanted = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print(json.dumps([connections_that_fit(wanted), resource.getrlimit(resource.RLIMIT_NOFILE)[0]]))
"""


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "fit", "soft_then"),
    [
        (1024, 1024, 100, 100, 1024),
        (400, 1024, 500, 500, 500 + RESERVED),
        (400, 1024, 2048, 1024 - RESERVED, 1024),
        (400, 400, 2048, 200, 400),
    ],
    ids=["enough", "the soft limit is raised", "the hard limit decides", "half of very few"],
)
async def test_the_limit_of_open_files_is_raised_and_else_connections_are_fewer(
    soft: int, hard: int, wanted: int, fit: int, soft_then: int
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(soft), str(hard), str(wanted),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()

    assert json.loads(out) == [fit, soft_then]
    assert (b"connections_lowered" in err) == (fit < wanted)
