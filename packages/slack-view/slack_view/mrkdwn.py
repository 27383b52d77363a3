"""Slack's markup as HTML: first code blocks, then quoted lines, then the styles within a line.

Every piece of text is escaped where it is written and never parsed again, so a wrong order of rules could make the
result ugly but not unsafe. The rules treat a token as one character: bold text may contain a link, and a link's label
may contain stars.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from markupsafe import Markup

from slack_view.emoji import with_emoji
from slack_view.markup import classed, el, joined
from slack_view.token import TOKEN, decoded, draw_token, pinged_by

_PRE: Final = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_QUOTED: Final = re.compile(r"(?:&gt;|>) ?")
_QUOTED_TO_THE_END: Final = re.compile(r"(?:&gt;|>){3} ?")
_ATOM: Final = r"(?:<[^<>]*>|[^{mark}\n<])"
_STYLED: Final = r"(?<![\w{mark}]){mark}(?=\S)(?P<{name}>{atom}*?(?:<[^<>]*>|[^{mark}\s<])){mark}(?![\w{mark}])"
_STYLES: Final = {"b": r"\*", "i": "_", "s": "~"}
_INLINE: Final = re.compile(
    "|".join(
        (
            r"`(?P<code>[^`\n]+)`",
            r"<(?P<token>[^<>]*)>",
            *(_STYLED.format(mark=mark, name=name, atom=_ATOM.format(mark=mark)) for name, mark in _STYLES.items()),
        )
    )
)
_MARKS: Final = re.compile(r"(?<!\w)[*_~`]+|[*_~`]+(?!\w)")

Names = Mapping[str, str]


def mrkdwn(text: str, names: Names) -> Markup:
    """Render a text in Slack's markup."""
    pieces = _PRE.split(text)
    return joined(
        classed("pre", "code", _literal(piece, names)) if place % 2 else _lines(piece, names)
        for place, piece in enumerate(pieces)
    )


def plain(text: str) -> Markup:
    """Render a text without markup: only line breaks and emoji are replaced."""
    return joined(map(with_emoji, text.split("\n")), el("br"))


def one_line(text: str, names: Names) -> str:
    """The text without markup, on one line."""
    text = TOKEN.sub(lambda match: pinged_by(match[1], names) or match[1].partition("|")[2] or match[1], text)
    return " ".join(decoded(_MARKS.sub("", text)).split())


def _lines(text: str, names: Names) -> Markup:
    paragraphs = [
        _quote(lines, names) if quoted else joined((_inline(line, names) for line in lines), el("br"))
        for quoted, lines in _by_quoting(text)
    ]
    return joined(paragraphs)


def _by_quoting(text: str) -> Iterator[tuple[bool, list[str]]]:
    """The lines without their marks, in runs that are quoted or not."""
    marked = list(_marked(text))
    for quoted, run in groupby(marked, key=lambda line: line[0]):
        yield quoted, [line for _, line in run]


def _marked(text: str) -> Iterator[tuple[bool, str]]:
    to_the_end = False
    for line in text.split("\n"):
        started = _QUOTED_TO_THE_END.match(line)
        mark = started or _QUOTED.match(line)
        yield to_the_end or mark is not None, line[mark.end() :] if mark and not to_the_end else line
        to_the_end = to_the_end or started is not None


def _quote(lines: list[str], names: Names) -> Markup:
    return el("blockquote", None, joined((_inline(line, names) for line in lines), el("br")))


def _inline(text: str, names: Names) -> Markup:
    return joined(_pieces(text, names))


def _pieces(text: str, names: Names) -> Iterator[Markup]:
    at = 0
    for match in _INLINE.finditer(text):
        yield _words(text[at : match.start()])
        yield _piece(match, names)
        at = match.end()
    yield _words(text[at:])


def _piece(match: re.Match[str], names: Names) -> Markup:
    kind, inside = match.lastgroup or "", match[match.lastgroup or 0]
    if kind == "token":
        return draw_token(inside, names)
    return el("code", None, _literal(inside, names)) if kind == "code" else el(kind, None, _inline(inside, names))


def _words(text: str) -> Markup:
    return joined([decoded(with_emoji(text))])


def _literal(text: str, names: Names) -> Markup:
    """Render text as it is, except that tokens are tokens even in code."""
    pieces = TOKEN.split(text)
    return joined(draw_token(piece, names) if place % 2 else decoded(piece) for place, piece in enumerate(pieces))
