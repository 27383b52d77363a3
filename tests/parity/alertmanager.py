"""Ask Alertmanager: its packages by the oracle, many questions at once, or its amtool, one process a label set."""

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from router.core.match.printing import printed

_BUILT: Final = Path(__file__).parents[2] / ".parity"
ORACLE: Final = _BUILT / "oracle"
_NO_TIME: Final = 120


def amtool() -> str | None:
    """The newest that `make parity` could install, or the one of this machine."""
    built = _BUILT / "amtool"
    return str(built) if built.exists() else shutil.which("amtool")


def ask(questions: Iterable[Mapping[str, object]]) -> list[dict[str, Any]]:
    """What Alertmanager's packages answer, in order."""
    asked = "\n".join(map(json.dumps, questions))
    answered = subprocess.run(
        [ORACLE], input=asked, capture_output=True, text=True, check=True, timeout=_NO_TIME, encoding="utf-8"
    )
    return [json.loads(line) for line in answered.stdout.removesuffix("\n").split("\n")]


def receivers(program: str, config: Path, labels: Mapping[str, str]) -> list[str]:
    """Where amtool routes an alert with these labels."""
    given = [printed(name, "=", value) for name, value in labels.items()]
    answered = subprocess.run(
        [program, "config", "routes", "test", "--config.file", config, *given],
        capture_output=True, text=True, check=True, timeout=_NO_TIME, encoding="utf-8",
    )  # fmt: skip
    *_warnings, answer = answered.stdout.removesuffix("\n").split("\n")
    return answer.split(",")
