"""Every style in every language reads as people approved it."""

import pytest

from router.adapters.locale.catalogue import Catalogue
from router.core.model.rules.receiver import Style
from tools.snapshots import CASES, SNAPSHOTS, read, snapshot


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.mark.parametrize(("style", "locale"), CASES)
def test_an_incident_reads_as_it_was_approved(catalogue: Catalogue, style: Style, locale: str) -> None:
    kept = snapshot(style, locale).read_text(encoding="utf-8")

    assert read(catalogue, style, locale) == kept, "look at the difference; to accept it, run: make snapshots"


def test_no_reading_is_left_over() -> None:
    assert set(SNAPSHOTS.iterdir()) == {snapshot(style, locale) for style, locale in CASES}
