"""A matcher text is accepted, refused, printed and doubted as Alertmanager's newest release does."""

import pytest

from router.core.match.matcher import Doubt, in_order, read_matchers
from tests.parity.alertmanager import ORACLE, ask
from tests.parity.texts import texts

pytestmark = [
    pytest.mark.parity,
    pytest.mark.skipif(not ORACLE.exists(), reason="Go is not found, and Debian's amtool reads no UTF-8 grammar"),
]

Answer = tuple[list[str] | None, str, str]
"""The matchers as printed, or None where the text is refused; the warning; what to write instead."""

DELIBERATE = "unexpected )"
"""A pattern that closes the parenthesis which Alertmanager puts around it: `a)|(b` is a mistake."""


def ours(text: str) -> Answer | None:
    """What we make of the text; None where we differ deliberately."""
    try:
        read = read_matchers(text)
    except ValueError as error:
        return None if DELIBERATE in str(error) else (None, "", "")
    suggestion = ",".join(map(str, read.matchers)) if read.doubt is Doubt.INCOMPATIBLE else ""
    return [str(one) for one in in_order(read.matchers)], read.doubt or "", suggestion


def test_five_thousand_texts_mean_the_same() -> None:
    asked = texts(35, 5_000)
    answers = ask({"matchers": text} for text in asked)
    differences, accepted = [], 0
    for text, answer in zip(asked, answers, strict=True):
        printed = None if "error" in answer else answer.get("printed", [])
        theirs = printed, answer.get("warning", ""), answer.get("suggestion", "")
        mine = ours(text)
        accepted += printed is not None
        if mine not in (None, theirs):
            differences.append((text, mine, theirs))
    assert differences == []
    assert 1_000 < accepted < 4_000
