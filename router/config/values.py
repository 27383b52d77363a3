"""Validators for single values of a tenant document, with their error messages.

Values stay the text that was written, so that a stored document reads as its author left it; the compiler parses them
again. Every validator raises ValueError with a sentence that becomes a diagnostic's message.
"""

import functools
import re
import unicodedata
import zoneinfo
from fractions import Fraction
from typing import Annotated, Final

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BeforeValidator, GetPydanticSchema

from router.config.pace import check_time
from router.config.suggestion import guess, quoted
from router.core.budget.flow import parse_flow, parse_kibibytes
from router.core.cell import CellName
from router.core.match.matcher import Matcher, parse_matchers
from router.core.match.patterns import compiled_pattern
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, MINUTE, SECOND, Span, parse_duration
from router.core.model.rules.names import LANGUAGES, SLUG_LENGTH, ReceiverName, SecretName, is_slug
from router.diagnostic import masked

ALL_LABELS: Final = ("...",)

_MAX_ABBREVIATION: Final = 5
_MAX_NAME: Final = 63
_EMOJI: Final = re.compile(r":[a-z0-9_+'-]{1,100}:")
MAX_REDACTED: Final = 20
"""Names, or patterns, in one list of `redact`, `hide_labels` and `show_labels`."""

MAX_REDACTED_PATTERN: Final = 200
"""Characters of a pattern of `redact`."""

MAX_MATCHERS_TEXT: Final = 4_000
"""Characters of one string of matchers."""

MAX_GROUP_BY: Final = 100
"""Labels in one `group_by`: they are looked up for each alert."""

MAX_MENTIONS: Final = 50
"""Mentions of one receiver."""

_MAX_BURST: Final = 1_000_000
_MAX_COUNT: Final = 10_000_000
_LONGEST: Final = Span(365 * 24 * HOUR)
_FASTEST: Final = Span(1)
_SLOWEST: Final = HOUR
_UNITS: Final = {"s": SECOND, "m": MINUTE, "h": HOUR}
_RATE: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)/([smh])")
_CHANNEL_ID: Final = re.compile(r"[CGD][A-Z0-9]{6,}")
_CHANNEL_NAME: Final = re.compile(r"#[\w-]{1,80}")
_MENTION: Final = re.compile(r"<(?:@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+|!here|!channel|!everyone)>")
_LOCALE: Final = re.compile(
    rf"(?:{'|'.join(LANGUAGES)})(?:-[A-Z][a-z]{{3}})?(?:-(?:[A-Z]{{2}}|[0-9]{{3}}))?(?:-[a-z0-9]{{4,8}})*"
)


def parse_period(rate: str) -> Span:
    """The time between two events at a rate such as `60/m` or `0.5/s`.

    Raises:
        ValueError: the text is not a rate, or no bucket can keep it.
    """
    match = _RATE.fullmatch(rate)
    if match is None or not (amount := Fraction(match[1])):
        raise ValueError(f"{quoted(rate)} is not a valid rate; use for example 60/m, 10/s or 0.5/m")
    period = Span(round(_UNITS[match[2]] / amount))
    if not _FASTEST <= period <= _SLOWEST:
        raise ValueError(f"{quoted(rate)} is out of range; a rate is from 1/h to 1000000/s")
    return period


def _size(text: str) -> str:
    parse_kibibytes(text)
    return text


def _flow(text: str) -> str:
    parse_flow(text)
    return text


def _count(value: int) -> int:
    if not 1 <= value <= _MAX_COUNT:
        raise ValueError(f"{value} is out of range; use 1 to {_MAX_COUNT}")
    return value


def _secret_name(text: str) -> str:
    if masked(text) != text:
        raise ValueError("should be the name of a secret, never the token itself")
    return _slug(text)


def _slug(text: str) -> str:
    """Lower case without `_` and `--`: otherwise two tenants could share an `ALERT_ROUTER_SECRET__TENANT__NAME`."""
    if not is_slug(text):
        raise ValueError(
            f"{quoted(text)} is not a valid name; use lower-case letters, digits and single hyphens between them, "
            f"at most {SLUG_LENGTH} characters"
        )
    return text


def _duration(text: str) -> str:
    if len(text) > _MAX_NAME or parse_duration(text) > _LONGEST:
        raise ValueError(f"{quoted(text)} is too long; the longest is 1y")
    return text


def _positive(text: str) -> str:
    if not parse_duration(text):
        raise ValueError("should be longer than 0; use for example 30s, 5m or 1h30m")
    return text


def _rate(text: str) -> str:
    parse_period(text)
    return text


def digits(value: object) -> object:
    """A bare number as text: Alertmanager takes `group_wait: 0` too."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _burst(value: int) -> int:
    if not 1 <= value <= _MAX_BURST:
        raise ValueError(f"{value} is out of range; a burst is from 1 to {_MAX_BURST}")
    return value


def _channel(text: str) -> str:
    named = _CHANNEL_NAME.fullmatch(_letters(text)) is not None and text == text.lower()
    if not named and _CHANNEL_ID.fullmatch(text) is None:
        raise ValueError(
            f"{quoted(text)} is not a valid channel; use '#name' with lower-case letters, digits, - and _, at most "
            "80 characters, or an ID such as C0123456"
        )
    return text


def _letters(text: str) -> str:
    """The text with a letter for every combining mark, because some scripts write vowels as marks."""
    return "".join("a" if unicodedata.category(char).startswith("M") else char for char in text)


def _mention(text: str) -> str:
    if _MENTION.fullmatch(text) is None:
        raise ValueError(
            f"{quoted(text)} is not a valid mention; use <@U…>, <@W…>, <!subteam^S…>, <!here>, <!channel> "
            "or <!everyone>"
        )
    return text


def _mentions(mentions: tuple[str, ...]) -> tuple[str, ...]:
    if len(mentions) > MAX_MENTIONS:
        raise ValueError(f"has {len(mentions)} entries; at most {MAX_MENTIONS} are allowed; use a user group")
    return mentions


def _locale(text: str) -> str:
    if _LOCALE.fullmatch(text) is None:
        raise ValueError(
            f"{quoted(text)} is not a valid locale; use for example fr-FR, in one of {' '.join(LANGUAGES)}"
        )
    try:
        Locale.parse(text, sep="-")
    except (ValueError, UnknownLocaleError):
        raise ValueError(f"{quoted(text)} is not a known locale; use for example {text[:2]}") from None
    return text


def _time_zone(text: str) -> str:
    if text not in _time_zones() and text.isupper() and len(text) <= _MAX_ABBREVIATION:
        raise ValueError(f"{quoted(text)} is an abbreviation, not a place; use an IANA name, such as Europe/Berlin")
    if text not in _time_zones():
        raise ValueError(
            f"{quoted(text)} is not a valid time zone{guess(text, _time_zones()) or '; use for example Europe/Paris'}"
        )
    return text


@functools.cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


class Matchers(str):
    """Matchers as written, and read: what is validated here need not be read again."""

    __slots__ = ("parsed",)

    parsed: tuple[Matcher, ...]


def _matchers(text: str) -> Matchers:
    if len(text) > MAX_MATCHERS_TEXT:
        raise ValueError(
            f"has {len(text)} characters; at most {MAX_MATCHERS_TEXT} are allowed; use one string a matcher"
        )
    check_time()
    matchers = Matchers(text)
    matchers.parsed = parse_matchers(text)
    return matchers


def word(text: str) -> str:
    """A name as people write it.

    Raises:
        ValueError: it is empty, long, or cannot be seen.
    """
    check_time()
    if not text.strip() or not text.isprintable() or len(text) > 200:
        raise ValueError("should be 1 to 200 visible characters")
    return text


def _group_by(labels: tuple[str, ...]) -> tuple[str, ...]:
    if len(labels) > MAX_GROUP_BY:
        raise ValueError(f"has {len(labels)} labels; at most {MAX_GROUP_BY} are allowed; '...' means all of them")
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise ValueError(f"{quoted(twice)} is given twice; keep one")
    if ALL_LABELS[0] in labels and labels != ALL_LABELS:
        raise ValueError("'...' already means all labels; use it alone or remove it")
    return labels


def _emoji(text: str) -> str:
    if _EMOJI.fullmatch(text) is None:
        raise ValueError(f"{quoted(text)} is not a valid emoji; use its name in Slack, for example :red_circle:")
    return text


def _redacted(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) > MAX_REDACTED:
        raise ValueError(f"has {len(names)} entries; at most {MAX_REDACTED} are allowed")
    return names


def _pattern(text: str) -> str:
    if not 1 <= len(text) <= MAX_REDACTED_PATTERN:
        raise ValueError(f"should be 1 to {MAX_REDACTED_PATTERN} characters")
    compiled_pattern(text)
    return text


def _source(part: str, source: str) -> str:
    from router.core.template.compile import compile_part  # noqa: PLC0415 - Jinja is not needed by most documents

    check_time()
    compile_part(part, source)
    return source


def _part(part: str) -> AfterValidator:
    return AfterValidator(functools.partial(_source, part))


TenantText = Annotated[TenantId, AfterValidator(_slug)]
CellText = Annotated[CellName, AfterValidator(_slug)]
SecretText = Annotated[SecretName, AfterValidator(_secret_name)]
ReceiverText = Annotated[ReceiverName, AfterValidator(word)]
WordText = Annotated[str, AfterValidator(word)]
TemplateText = Annotated[str, AfterValidator(_slug)]
TitleSource = Annotated[str, _part("title")]
CountsSource = Annotated[str, _part("counts")]
AlertSource = Annotated[str, _part("alert")]
LinksSource = Annotated[str, _part("links")]
FooterSource = Annotated[str, _part("footer")]
ReplySource = Annotated[str, _part("reply")]
TextSource = Annotated[str, _part("text")]
AlertTextSource = Annotated[str, _part("alert_text")]
DurationText = Annotated[str, BeforeValidator(digits), AfterValidator(_duration)]
PositiveText = Annotated[DurationText, AfterValidator(_positive)]
RateText = Annotated[str, BeforeValidator(digits), AfterValidator(_rate)]
BurstNumber = Annotated[int, AfterValidator(_burst)]
CountNumber = Annotated[int, AfterValidator(_count)]
SizeText = Annotated[str, AfterValidator(_size)]
SizeRateText = Annotated[str, AfterValidator(_flow)]
ChannelText = Annotated[str, AfterValidator(_channel)]
MentionText = Annotated[str, AfterValidator(_mention)]
MentionTexts = Annotated[tuple[MentionText, ...], AfterValidator(_mentions)]
LocaleText = Annotated[str, AfterValidator(_locale)]
TimeZoneText = Annotated[str, AfterValidator(_time_zone)]
MatchersText = Annotated[Matchers, GetPydanticSchema(lambda _kind, handler: handler(str)), AfterValidator(_matchers)]
GroupByLabels = Annotated[tuple[WordText, ...], AfterValidator(_group_by)]
EmojiText = Annotated[str, AfterValidator(_emoji)]
ShownNames = Annotated[tuple[WordText, ...], AfterValidator(_redacted)]
RedactedNames = Annotated[tuple[WordText, ...], AfterValidator(_redacted)]
RedactedPatterns = Annotated[tuple[Annotated[str, AfterValidator(_pattern)], ...], AfterValidator(_redacted)]
