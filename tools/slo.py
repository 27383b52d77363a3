"""`make slo`: `python -m tools.slo SLOTH` writes the recording rules that Sloth makes of the SLO's specification."""

import subprocess
import sys
from pathlib import Path
from typing import Final

TOP: Final = Path(__file__).parent.parent
SPECIFICATION: Final = TOP / "deploy/slo/alert-router.yml"
RULES: Final = TOP / "deploy/prometheus/slo.yml"
_HEAD: Final = "# Made by Sloth of deploy/slo/alert-router.yml: `make slo`. What it is for: docs/slo.md.\n"


def rules(sloth: str) -> str:
    """The rules, without what has Sloth's version and the mark of a document: the chart sets them into its own."""
    command = [sloth, "generate", "--no-log", "--input", str(SPECIFICATION)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - Sloth, and a file of ours
    made = done.stdout
    return _HEAD + made[made.index("groups:") :]


def main(sloth: str) -> None:
    """Write them."""
    RULES.write_text(rules(sloth), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
