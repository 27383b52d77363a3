"""`alert-router` run in this process, as its entry point runs it: fast enough to try every refusal."""

import asyncio
import io
import os
import sys
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from unittest.mock import patch

from router.__main__ import main
from tests.e2e.system import Finished, clean_environment
from tests.redis_at import is_cluster


async def run(*arguments: str, **settings: str) -> Finished:
    """Run a command to its end, with these settings and no others; it has its own event loop in a thread."""
    return await fed(b"", *arguments, **settings)


async def fed(stdin: bytes, *arguments: str, **settings: str) -> Finished:
    """Run a command that reads this from its standard input."""
    return await asyncio.to_thread(_run, arguments, stdin, environment(**settings))


def environment(**settings: str) -> dict[str, str]:
    """The environment of a command with these settings; that its Redis is a cluster need not be named."""
    cluster = {"REDIS__CLUSTER": "true"} if is_cluster(settings.get("REDIS__URL", "")) else {}
    return clean_environment(**{**cluster, **settings})


def _run(arguments: tuple[str, ...], stdin: bytes, variables: dict[str, str]) -> Finished:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, variables | {"COLUMNS": "100"}, clear=True))
        stack.enter_context(patch.object(sys, "argv", ["alert-router", *arguments]))
        stack.enter_context(patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))))
        stack.enter_context(redirect_stdout(out))
        stack.enter_context(redirect_stderr(err))
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    return Finished(code, _text(out), _text(err))


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def refused(finished: Finished, code: int, *printed: str) -> None:
    """It failed with this exit code, says all of this and nothing on stdout, and shows no traceback."""
    assert finished.code == code, finished
    assert "Traceback" not in finished.err
    assert finished.err.startswith("error: "), finished.err
    assert [part for part in printed if part not in finished.err] == [], finished.err
    assert finished.out == ""
