"""Each property draws as many examples as the run asks for, and in `make test-random` others each time."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

from tests.examples import IN_EACH_RUN, RANDOM, WHOLE, examples

TESTS: Final = Path(__file__).parent
SETTINGS: Final = re.compile(r"from hypothesis import .*\bsettings\b")
OWNERS: Final = {TESTS / name for name in ("conftest.py", "examples.py", Path(__file__).name)}


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    profile = settings.get_current_profile_name()
    yield
    settings.load_profile(profile)


@pytest.mark.parametrize(
    ("profile", "number", "drawn"),
    [
        (IN_EACH_RUN, 8, 8),
        (IN_EACH_RUN, 20, 10),
        (IN_EACH_RUN, 600, 100),
        (WHOLE, 8, 8),
        (WHOLE, 400, 400),
        (RANDOM, 400, 400),
    ],
)
def test_a_property_draws_a_part_of_its_examples_in_each_run_and_else_all(
    profile: str, number: int, drawn: int
) -> None:
    settings.load_profile(profile)

    assert examples(number).max_examples == drawn


@pytest.mark.parametrize(("profile", "the_same"), [(IN_EACH_RUN, True), (WHOLE, True), (RANDOM, False)])
def test_others_are_drawn_at_random_alone(profile: str, the_same: bool) -> None:
    settings.load_profile(profile)

    assert examples(40).derandomize is the_same


def test_no_test_has_settings_of_its_own_which_every_profile_would_have_to_keep() -> None:
    own = [
        str(path.relative_to(TESTS))
        for path in TESTS.rglob("*.py")
        if path not in OWNERS and SETTINGS.search(path.read_text(encoding="utf-8"))
    ]

    assert own == []
