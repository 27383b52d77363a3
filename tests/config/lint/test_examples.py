"""What we ship as examples has no warnings of its own."""

from pathlib import Path

import pytest

from router.config.lint.lint import lint
from router.config.read import read_document
from tests.config.samples import EXAMPLE

TOP = Path(__file__).parents[3]
FILES = [
    *TOP.glob("deploy/tenants/*.yaml"),
    *TOP.glob("packages/alert-router-local/alert_router_local/demo/tenants/*.yaml"),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_tenants_file_of_ours_is_doubtful(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert lint(read_document(text, path.name), text) == []


def test_nor_is_the_example_of_the_documents() -> None:
    assert len(FILES) >= 4
    assert lint(read_document(EXAMPLE, "a.yaml"), EXAMPLE) == []
