"""Slack's markup, so that what an alert says can never ping, link or break a message.

Slack decodes exactly `&amp;`, `&lt;` and `&gt;`, and acts only on what stands in `<...>`: escaping those three
characters is the whole defence, and tokens are made nowhere but here. There is no escape for ` * ~, for quotes at the
start of a line or for text that runs right to left, so these are replaced or isolated.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import quote, urlsplit

from router.core.model.instant import SECOND, Instant
from router.core.slack.invisible import INVISIBLE, visible

ELLIPSIS: Final = "…"
_ISOLATE: Final = "\u2068"
_END_ISOLATE: Final = "\u2069"
_ZWJ: Final = "\u200d"
_MAX_URL: Final = 2_000
_NOT_A_BACKTICK: Final = "\N{MODIFIER LETTER GRAVE ACCENT}"
_NOT_A_STAR: Final = "\N{ASTERISK OPERATOR}"
_TWINS: Final = {
    ord("*"): _NOT_A_STAR,
    ord("_"): "\N{MODIFIER LETTER LOW MACRON}",
    ord("~"): "\N{TILDE OPERATOR}",
}
_ORIGINALS: Final = {ord(twin): mark for mark, twin in _TWINS.items()}
_MARKS: Final = re.compile(r"(?<![^\W_])[*_~]+|[*_~]+(?![^\W_])")
"""But for those between two letters or digits, as in `node_exporter`."""


_SPACES: Final = re.compile(r"[^\S\u00a0\u202f]+")
"""All but those that hold a number and its unit together."""

_RIGHT_TO_LEFT: Final = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_UNSAFE_IN_URL: Final = re.compile(
    f"[\x00-\x20\"'<>\\\\^`{{|}}\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufffc\ufffd"
    f"{INVISIBLE}]"
)
_PLAIN_HOST: Final = re.compile(r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
"""What stands before an @ looks like the host, and is not."""

_PLAIN_URL: Final = re.compile(r"https?://[A-Za-z0-9_.-]+(?::[0-9]{1,5})?(?:[/?#][!#-&(-;=?-\[\]_a-z~]*)?")
"""What is a web address as it stands, in which nothing needs to be encoded."""

_WHOLE: Final = re.compile(r"<[^<>]*>|&(?:amp|lt|gt);")
_TOKENS: Final = re.compile(f"({_WHOLE.pattern})")
_MENTION: Final = re.compile(r"<@[UW][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>|<!(?:here|channel|everyone)>")
# Vowels and finals of Hangul written in parts, and the Thai and Lao AM: letters to Unicode, one character to readers.
_JOINS_ALONE: Final = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb\u0e33\u0eb3]")
_DATE_FORMAT: Final = "{date_short_pretty} {time}"
_TIME_FORMAT: Final = "{time}"


class Safe(str):
    """Text in Slack's markup: escaped, or made by us. Formatting values into it escapes them."""

    __slots__ = ()

    def __mod__(self, values: Any) -> "Safe":  # noqa: ANN401 - what str takes
        """Fill in a mapping of names to values, each as written unless it is `Safe`."""
        return Safe(str(self) % {name: as_written(value) for name, value in values.items()})


def escape(value: object) -> Safe:
    """Any value as text that Slack shows as it is; what is `Safe` already stays."""
    if isinstance(value, Safe):
        return value
    return Safe(str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def as_written(value: object) -> Safe:
    """Foreign text shown as it is: its stars, tildes and underscores start and end nothing; `Safe` text stays.

    Slack has no escape for them, so at the edges of words, where they would be markup, their twins stand in.
    """
    if isinstance(value, Safe):
        return value
    text = str(value)
    if "_" in text or "*" in text or "~" in text:
        text = _MARKS.sub(_as_twins, text)
    return Safe(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _as_twins(match: re.Match[str]) -> str:
    return match[0].translate(_TWINS)


def inline(value: str, limit: int) -> str:
    """A foreign value on one line, shortened, and unable to disturb what surrounds it; not escaped yet."""
    if len(value) <= limit and _is_plain(value):
        return value
    text = _spaced(visible(value[: 4 * limit]).replace("`", _NOT_A_BACKTICK))
    isolated = text.startswith(">") or (not text.isascii() and _RIGHT_TO_LEFT.search(text))
    short = _shorten(text, limit - 2 if isolated else limit, whole=False)
    return f"{_ISOLATE}{short}{_END_ISOLATE}" if isolated else short


def _is_plain(text: str) -> bool:
    """Whether there is nothing to change: most labels and summaries, seen at once."""
    visible_ascii = text.isascii() and text.isprintable()
    return visible_ascii and "`" not in text and "  " not in text and text[:1] not in " >" and text[-1] != " "


def _spaced(text: str) -> str:
    """The text with single spaces; of what is printable a space is the only blank."""
    return (text if text.isprintable() and "  " not in text else _SPACES.sub(" ", text)).strip()


def bold(value: object) -> Safe:
    """The value in bold; nothing stays nothing."""
    text = as_written(value).replace("*", _NOT_A_STAR)
    return Safe(f"*{text}*" if text else "")


def code(value: object) -> Safe:
    """The value as a code span, in which nothing is markup; nothing stays nothing."""
    text = escape(value).replace("`", _NOT_A_BACKTICK)
    return Safe(f"`{text if text.isascii() else text.translate(_ORIGINALS)}`" if text else "")


def join(parts: Iterable[object], glue: str = ", ") -> Safe:
    """The parts that are not empty, as written where they are foreign."""
    return Safe(glue.join([part if type(part) is Safe else as_written(part) for part in parts if part]))


def sentence(value: object) -> Safe:
    """The value ending as a sentence does."""
    text = as_written(value)
    bare = text.rstrip(_END_ISOLATE)
    return Safe(text if not bare or bare[-1] in ".!?…。" else f"{text}.")


def capitalized(value: object) -> Safe:
    """The value as the beginning of a sentence."""
    text = as_written(value)
    return Safe(text[:1].upper() + text[1:])


def web_address(url: str) -> str:
    """The URL with everything encoded that could end a link; empty unless for http or https and a plain host."""
    if len(url) > _MAX_URL or "//" not in url:
        return ""
    return url if _PLAIN_URL.fullmatch(url) else _encoded_address(url)


def _encoded_address(url: str) -> str:
    encoded = _UNSAFE_IN_URL.sub(lambda match: quote(match[0], safe="", errors="replace"), url.strip())
    try:
        parts = urlsplit(encoded)
    except ValueError:
        return ""
    usable = parts.scheme in {"http", "https"} and _PLAIN_HOST.fullmatch(parts.netloc) and len(encoded) <= _MAX_URL
    return parts.scheme + encoded[len(parts.scheme) :] if usable else ""


def is_web_address(text: str) -> bool:
    """Whether the text is a usable web address and nothing else."""
    return "//" in text and len(text.split()) == 1 and bool(web_address(text))


def link(url: str, label: object) -> Safe:
    """A link; just the label where the URL is not a web address."""
    address, shown = web_address(url), as_written(label).replace("|", "¦").strip()
    return Safe(f"<{escape(address)}|{shown}>") if address and shown else Safe(shown)


def date_token(moment: Instant, fallback: str) -> Safe:
    """A moment in the reader's own zone and clock; `fallback` is what clients show that cannot do that."""
    return _clock_token(moment, _DATE_FORMAT, fallback)


def time_token(moment: Instant, fallback: str) -> Safe:
    """The time of day of a moment whose date stands before it."""
    return _clock_token(moment, _TIME_FORMAT, fallback)


def _clock_token(moment: Instant, form: str, fallback: str) -> Safe:
    literal = escape(fallback.replace("^", " ").replace("|", " "))
    return Safe(f"<!date^{moment // SECOND}^{form}|{literal}>")


def mentions(configured: Iterable[str], limit: int = 500) -> Safe:
    """The configured mentions that are of a known kind, in their order; anything else is dropped."""
    kept = ""
    for token in dict.fromkeys(configured):
        if _MENTION.fullmatch(token) and len(kept) + len(token) < limit:
            kept = f"{kept} {token}".strip()
    return Safe(kept)


def truncate(text: Safe, limit: int) -> Safe:
    """Shorten escaped text without cutting into an entity, a token or a character made of several code points."""
    return Safe(_shorten(text, limit, whole=True))


def has_token(text: Safe) -> bool:
    """Whether there is a link, a date or a mention in it."""
    return "<" in text


def outside_tokens(text: Safe, change: Callable[[str], str]) -> Safe:
    """Change what people read of escaped text, and leave its tokens and entities as they are."""
    pieces = _TOKENS.split(text)
    return Safe("".join(piece if place % 2 else change(piece) for place, piece in enumerate(pieces)))


def _shorten(text: str, limit: int, *, whole: bool) -> str:
    if len(text) <= limit:
        return text
    end = max(limit - 1 - (_ISOLATE in text), 0)
    inside = {at for match in _WHOLE.finditer(text) for at in range(match.start() + 1, match.end())} if whole else ()
    while end > 0 and (end in inside or _is_joined(text, end)):
        end -= 1
    kept = text[:end].rstrip()
    opened = kept.count(_ISOLATE) > kept.count(_END_ISOLATE)
    return (kept + ELLIPSIS + _END_ISOLATE * opened)[: max(limit, 0)]


def _is_joined(text: str, at: int) -> bool:
    """Whether the characters before and after this place are seen as one."""
    before, after = text[at - 1], text[at]
    if before == _ZWJ or after == _ZWJ or "\U0001f3fb" <= after <= "\U0001f3ff" or _JOINS_ALONE.match(after):
        return True
    if _is_flag_letter(before) and _is_flag_letter(after):
        run = at - len(text[:at].rstrip("".join(map(chr, range(0x1F1E6, 0x1F200)))))
        return run % 2 == 1
    return unicodedata.category(after) in {"Mn", "Mc", "Me"}


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
