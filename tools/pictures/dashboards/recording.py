"""What a Prometheus answered to every query of the dashboards, and the file that holds it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.pictures.dashboards.board import Panel
from tools.pictures.dashboards.series import Answer, Series, Span, read_series


@dataclass(frozen=True, slots=True)
class Recording:
    """The answers of one time; expressions are those of the dashboards, with their variables."""

    span: Span
    tenant: str
    """Whom `$tenant` was."""
    answers: Mapping[str, Answer]

    def series(self, panel: Panel) -> list[Series]:
        """All lines of a panel, those of its first query first."""
        return [
            one
            for target in panel.targets
            for one in read_series(target, self.answers.get(target.expression, ()), self.span.step)
        ]


def save(recording: Recording, file: Path) -> None:
    """Write the file."""
    file.write_text(json.dumps(asdict(recording), separators=(",", ":")), encoding="utf-8")


def load(file: Path) -> Recording:
    """What `save` has written."""
    found = json.loads(file.read_text(encoding="utf-8"))
    return Recording(Span(**found["span"]), found["tenant"], found["answers"])
