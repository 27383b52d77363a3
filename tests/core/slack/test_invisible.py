"""Every character that no reader sees, as Unicode lists them, is known; those that are needed stay."""

import re
from typing import Final

import pytest

from router.core.slack.invisible import bare, bare_places, visible

EVERY: Final = tuple(map(chr, range(0x110000)))
IGNORABLE: Final = tuple(
    char for char in EVERY if not bare(f"é{char}")[1:] and not re.match("[\x00-\x1f\x7f-\x9f\ufff9-\ufffb]", char)
)
FAMILY: Final = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
HEART: Final = "\u2764\ufe0f"


def test_all_of_unicodes_default_ignorable_code_points_are_known() -> None:
    assert len(IGNORABLE) == 4174, "as DerivedCoreProperties.txt counts them"


def test_a_value_without_them_has_none() -> None:
    value = "é".join(IGNORABLE)

    assert bare(value) == "é" * (len(IGNORABLE) - 1)
    *places, end = bare_places(value)
    assert [value[place] for place in places] == ["é"] * (len(IGNORABLE) - 1)
    assert end == len(value)


@pytest.mark.parametrize(
    "value", [FAMILY, HEART, "\u0645\u06cc\u200c\u062e", "\u845b\U000e0100", "\u1820\u180b", "plain"], ids=ascii
)
def test_what_readers_need_is_shown(value: str) -> None:
    assert visible(value) == value


@pytest.mark.parametrize(
    "char", ["\u200b", "\u3164", "\u115f", "\u034f", "\ufeff", "\x07", "\U000e0041", "\ufff9"], ids=ascii
)
def test_what_nobody_sees_or_needs_is_not_shown(char: str) -> None:
    assert visible(f"a{char}b") == "ab"


def test_an_empty_braille_pattern_is_a_blank() -> None:
    assert visible("a\u2800b") == "a b"


@pytest.mark.parametrize(
    "value", ["\u3164", "\u2800", "\u200d\ufe0f", "\u115f\u1160", "\u2800\u3164 \u200c", "\U000e0100\n"], ids=ascii
)
def test_of_what_nobody_sees_nothing_is_shown(value: str) -> None:
    assert visible(value).strip() == ""
