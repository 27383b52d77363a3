"""Alertmanager's own command line, as far as it answers where an alert goes."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from router.core.match.printing import printed

_TIMEOUT_S: Final = 20


class AmtoolError(Exception):
    """It does not answer: what it says of itself."""


def find_amtool() -> str | None:
    """Where it is installed, if it is."""
    return shutil.which("amtool")


def receivers_by_amtool(program: str, config: Path, labels: Mapping[str, str]) -> list[str]:
    """The receivers of an alert with these labels.

    Raises:
        AmtoolError: it does not read the configuration or the labels, or does not end.
    """
    given = [printed(name, "=", value) for name, value in labels.items()]
    try:
        answered = subprocess.run(  # noqa: S603 - the labels are arguments of their own, and no shell reads them
            [program, "config", "routes", "test", "--config.file", str(config), *given],
            capture_output=True, check=False, timeout=_TIMEOUT_S, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AmtoolError(str(error)) from None
    if answered.returncode != 0:
        raise AmtoolError(answered.stderr.strip().removeprefix("amtool: error: ") or "no answer")
    *_warnings, answer = answered.stdout.removesuffix("\n").split("\n")
    return answer.split(",")
