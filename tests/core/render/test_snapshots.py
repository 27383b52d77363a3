"""Every style in every language reads as people approved it."""

import json

import pytest
from slack_emulator.attachments import check_attachments
from slack_emulator.blocks import failures

from router.adapters.locale.catalogue import Catalogue
from router.core.model.rules.receiver import Style
from tests.catalogue import CATALOGUE
from tools.snapshots import CASES, SNAPSHOTS, exact, read, snapshot


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


@pytest.mark.parametrize(("style", "locale"), CASES)
def test_an_incident_reads_as_it_was_approved(catalogue: Catalogue, style: Style, locale: str) -> None:
    kept = [path(style, locale).read_text(encoding="utf-8") for path in (snapshot, exact)]

    assert list(read(catalogue, style, locale)) == kept, "look at the difference; to accept it, run: make snapshots"


def test_no_reading_is_left_over() -> None:
    assert set(SNAPSHOTS.iterdir()) == {path(*case) for case in CASES for path in (snapshot, exact)}


@pytest.mark.parametrize(("style", "locale"), CASES)
def test_slack_would_take_each_message_as_it_is_kept(style: Style, locale: str) -> None:
    kept = [json.loads(line) for line in exact(style, locale).read_text(encoding="utf-8").splitlines()]

    for arguments in kept:
        check_attachments(arguments.get("attachments", []))
        assert failures(arguments.get("blocks", [])) == []
