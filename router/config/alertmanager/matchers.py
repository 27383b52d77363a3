"""Matchers in their three forms: the two old ones become matchers."""

from collections.abc import Iterator

from router.config.alertmanager.original import Original
from router.config.values import MAX_MATCHERS_TEXT
from router.core.match.matcher import parse_matchers
from router.core.match.printing import printed


def matchers_of(original: Original, prefix: str = "") -> list[str] | None:
    """All matchers below keys with this prefix, all of which must hold; None where one of them cannot be read.

    What cannot is noted: without it the others would match more than was meant.
    """
    match, match_re, matchers = f"{prefix}match", f"{prefix}match_re", f"{prefix}matchers"
    texts = [
        *((match, printed(name, "=", value)) for name, value in sorted(original.pairs(match).items())),
        *((match_re, printed(name, "=~", value)) for name, value in sorted(original.pairs(match_re).items())),
        *((matchers, text) for text in original.texts(matchers) or ()),
    ]
    wrong = list(_unreadable(texts))
    for key, why in wrong:
        original.leave(key, why)
    return None if wrong else [text for _, text in texts]


def _unreadable(texts: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for key, text in texts:
        try:
            parse_matchers(text)
        except ValueError as error:
            yield key, str(error)
        else:
            if len(text) > MAX_MATCHERS_TEXT:
                yield key, f"a text of {len(text)} characters; at most {MAX_MATCHERS_TEXT} are allowed"
