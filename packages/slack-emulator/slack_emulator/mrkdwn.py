"""Audits one mrkdwn string: angle brackets must be intended, and everything else must be escaped exactly once.

Slack accepts nearly any string; what matters is what it then shows and whom it pings. Allowed are http(s) links,
channel links, dates with a fallback, and the mentions on the workspace's list. Slack knows only the entities `&amp;`,
`&lt;` and `&gt;`; a bare `&`, also in the URL of a link, is a finding.
"""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from slack_emulator.journal import AnomalyKind


class Finding(NamedTuple):
    """Something that a reader would regret, and the piece of text that shows it."""

    kind: AnomalyKind
    detail: str


_TOKEN = re.compile(r"<([^<>]*)>")
_RAW_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_DOUBLE_ESCAPE = re.compile(r"&amp;(?:amp|lt|gt|quot|#\d+);")
_AUTO_MENTION = re.compile(r"(?<!\w)@(?:here|channel|everyone)\b", re.IGNORECASE)
_MENTION = re.compile(r"@[UWB][A-Z0-9]+|!subteam\^S[A-Z0-9]+|!here|!channel|!everyone")
_CHANNEL = re.compile(r"#[CG][A-Z0-9]+(?:\|[^|]*)?")
_LINK = re.compile(r"https?://[^\s|/][^\s|]*(?:\|[^|]*[^\s|][^|]*)?", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_DATE = re.compile(r"!date\^\d+\^(?P<format>[^|^]+)(?:\^(?P<link>[^|^]+))?\|[^|^]*[^\s|^][^|^]*")
_DATE_PART = re.compile(r"\{([^{}]*)\}")
_DATE_PARTS = {f"date{form}{pretty}" for form in ("", "_short", "_long") for pretty in ("", "_pretty")} | {
    "date_num",
    "time",
    "time_secs",
    "ago",
}


def audit(text: str, allowed: Collection[str], *, auto_parsed: bool) -> Iterator[Finding]:
    """Everything wrong with the string; with `auto_parsed` Slack also reads `@here` without brackets."""
    for token in _TOKEN.findall(text):
        yield from _audit_token(token, allowed)
    if "<" in _TOKEN.sub("", text):
        yield Finding(AnomalyKind.UNBALANCED, _excerpt(text, text.rfind("<")))
    for raw in _RAW_AMPERSAND.finditer(text):
        yield Finding(AnomalyKind.RAW_AMPERSAND, _excerpt(text, raw.start()))
    for twice in _DOUBLE_ESCAPE.finditer(text):
        yield Finding(AnomalyKind.DOUBLE_ESCAPE, _excerpt(text, twice.start()))
    if auto_parsed and (mention := _AUTO_MENTION.search(text)):
        yield Finding(AnomalyKind.AUTO_MENTION, _excerpt(text, mention.start()))


def bare(mention: str) -> str:
    """The mention without its label: `<!subteam^S1|@ops>` is `<!subteam^S1>`."""
    return mention.partition("|")[0].removesuffix(">") + ">"


def _audit_token(token: str, allowed: Collection[str]) -> Iterator[Finding]:
    subject = token.partition("|")[0]
    if _MENTION.fullmatch(subject):
        if f"<{subject}>" not in allowed:
            yield Finding(AnomalyKind.MENTION_NOT_ALLOWED, f"<{token}>")
    elif token.startswith("!date^"):
        yield from _audit_date(token)
    elif (scheme := _SCHEME.match(subject)) and scheme[1].lower() not in ("http", "https"):
        yield Finding(AnomalyKind.LINK_SCHEME, f"<{token}>")
    elif not _CHANNEL.fullmatch(token) and not _LINK.fullmatch(token):
        yield Finding(AnomalyKind.UNKNOWN_TOKEN, f"<{token}>")


def _audit_date(token: str) -> Iterator[Finding]:
    date = _DATE.fullmatch(token)
    parts = _DATE_PART.findall(date["format"]) if date else []
    if date is None or not parts or not _DATE_PARTS.issuperset(parts):
        yield Finding(AnomalyKind.UNKNOWN_TOKEN, f"<{token}>")
    elif date["link"] is not None and not _LINK.fullmatch(date["link"]):
        yield Finding(AnomalyKind.LINK_SCHEME, f"<{token}>")


def _excerpt(text: str, at: int) -> str:
    return text[max(0, at - 20) : at + 40]
