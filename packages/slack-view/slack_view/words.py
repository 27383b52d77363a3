"""What Slack itself writes around messages, in the languages of their readers; English for all others.

The phrases are in `words.json`, by language and name; a number stands in place of `{count}`.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

Words = Mapping[str, str]


def words_in(language: str) -> Words:
    """The phrases of the language of an IETF tag such as `fr-CA`, by name."""
    known = _known()
    return known.get(language.partition("-")[0].lower(), known["en"])


@cache
def _known() -> Mapping[str, Words]:
    read: dict[str, Words] = json.loads(files(__package__).joinpath("words.json").read_text(encoding="utf-8"))
    return read
