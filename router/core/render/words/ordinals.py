"""Ordinal numbers as they stand in front of the word for "time" in each language."""

from collections.abc import Mapping
from typing import Final

from babel import Locale
from babel.numbers import format_decimal

_ENDINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {"one": "st", "two": "nd", "few": "rd", "other": "th"},
    "fr": {"one": "re", "other": "e"},
    "de": {"other": "."},
    "es": {"other": ".ª"},
    "it": {"other": "ª"},
}


def nth_time(locale: Locale, number: int) -> str:
    """As "3rd", "3e", "3.", "3.ª" or "3ª": of a time, which is feminine where words have a gender."""
    endings = _ENDINGS.get(locale.language, {"other": "."})
    return format_decimal(number, locale=locale) + endings.get(locale.ordinal_form(number), endings["other"])
