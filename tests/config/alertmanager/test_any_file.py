"""Whatever the file, an import ends in a document or in findings that point into it."""

import random
from contextlib import suppress
from pathlib import Path

import pytest

from router.config.alertmanager.document import Imported, import_alertmanager
from router.config.alertmanager.writing import written
from router.config.lint.lint import lint
from router.config.read import read_document
from router.errors import ConfigurationError
from tests.parity.test_import import FILES, slipped


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_any_slip_of_the_pen_is_refused_or_imported(path: Path) -> None:
    drawn, text = random.Random(path.name), path.read_text(encoding="utf-8")
    for _ in range(15):
        with suppress(ConfigurationError):
            found = import_alertmanager(slipped(drawn, text), "acme", "am.yml")
            result = written(found, "am.yml")
            assert lint(read_document(result, "result"), result) is not None
            assert {one["name"] for one in found.document.get("templates", ())} == templates_used(found)


def templates_used(found: Imported) -> set[str]:
    channels = [one["slack"] for one in found.document["receivers"] if "slack" in one]
    return {one["template"] for one in channels if "template" in one}
