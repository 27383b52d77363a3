"""The words, dates and numbers of one locale and time zone, and the templates that put them together.

A localizer is a value: the catalogue adapter reads the files, this module never does. Texts come from gettext, so
they have every plural form of their language; times, units and numbers come from CLDR. Whatever a template prints is
escaped for Slack unless it is `Safe`; a translation is trusted, the values filled into it are not.
"""

import re
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from functools import lru_cache
from gettext import NullTranslations
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from babel.numbers import format_decimal

from router.core.model.instant import MINUTE, SECOND, Instant, Span
from router.core.render.words import times
from router.core.render.words.kept import Kept
from router.core.render.words.templates import BuiltIn
from router.core.render.words.times import Clock
from router.core.slack.markup import Safe, date_token, escape, join, time_token
from router.core.template.compile import CustomParts
from router.core.template.language import PHRASES

FALLBACK: Final = "en"
_BLANKS: Final = " \t\n"
"""Only what templates are laid out with; the no-break spaces of CLDR stay."""
_SPACES: Final = re.compile(f"[{_BLANKS}]{{2,}}|[\t\n]")
"""All of them that are not one space already."""


_NO_PARTS: Final = CustomParts({}, {})


@dataclass(frozen=True, slots=True)
class Localizer:
    """How one locale speaks in one time zone; `languages` are its names from the most to the least special.

    `custom` are the parts that the tenant wrote itself; the built-in templates are used for the others, and where one
    fails.
    """

    locale: Locale
    time_zone: tzinfo
    languages: tuple[str, ...]
    templates: Mapping[str, BuiltIn]
    custom: CustomParts = _NO_PARTS
    kept: Kept = field(default_factory=Kept, compare=False, repr=False)

    @property
    def built_in(self) -> "Localizer":
        """The same without what the tenant wrote."""
        return replace(self, custom=_NO_PARTS) if self.custom else self

    def line(self, template: str, **values: object) -> Safe:
        """A template printed on one line."""
        return one_line(self._print(template, values))

    def lines(self, template: str, **values: object) -> Safe:
        """A template printed as paragraphs, without empty lines."""
        return paragraphs(self._print(template, values))

    def word(self, template: str, word: str, count: int = 1) -> Safe:
        """What a template makes of one word, in agreement with so many alerts.

        Remembered, since the same few are needed for every alert; so many in words is one or several.
        """
        return _word(self.templates[template], word, min(count, 2))

    def _print(self, template: str, values: Mapping[str, object]) -> str:
        return self.templates[template].print({**values, "localizer": self})

    def sentence(self, template: str, key: Hashable, **values: object) -> Safe:
        """A template printed on one line, kept for those that print it with the same values: the key says which."""
        return self.kept.text((template, key), lambda: self.line(template, **values))

    @property
    def words(self) -> Clock:
        """Times for phones and screen readers, which know no tokens."""
        return Clock("words", self.moment, self._span)

    @property
    def tokens(self) -> Clock:
        """Times that the client shows in the reader's own zone."""
        return Clock("tokens", self.token, self._token_span)

    def moment(self, instant: Instant) -> str:
        """Date and time to the minute with the zone's name, as read in this zone."""
        known = times.shown(instant)
        minute = Instant(known - known % MINUTE)
        return self.kept.text(minute, lambda: times.moment(self.locale, self.time_zone, minute))

    def token(self, instant: Instant) -> Safe:
        """The moment in the reader's own zone, where the client can do that."""
        return date_token(times.shown(instant), self.moment(instant))

    def same_day(self, start: Instant, end: Instant) -> bool:
        """Whether both are on one day in this zone."""
        return times.same_day(self.time_zone, start, end)

    def _span(self, start: Instant, end: Instant) -> str:
        return times.span(self.locale, self.time_zone, start, end)

    def _token_span(self, start: Instant, end: Instant) -> Safe:
        last = times.clock_time(self.locale, self.time_zone, end)
        return join((self.token(start), time_token(times.shown(end), last)), "\N{EN DASH}")

    def duration(self, span: Span) -> str:
        """A length of time in its two largest units, as "1 h 35 min"; empty below a second."""
        return times.duration(self.locale, span // SECOND) if span >= SECOND else ""

    def value(self, text: str) -> str:
        """A measured value, with the separators of the language where it is a number."""
        return times.value(self.locale, text)

    def measured(self, number: float) -> str:
        """A measured number, with the separators of the language."""
        return times.measured(self.locale, number)

    def number(self, number: int) -> str:
        """A count with the separators of the language."""
        return format_decimal(number, locale=self.locale)

    def listing(self, parts: Iterable[str]) -> str:
        """The parts as an enumeration, the last one joined by "and"."""
        return format_list(list(parts), locale=self.locale)

    def localized(self, annotations: Mapping[str, str], name: str) -> str:
        """An annotation in any case, in this language if the sender has it: `summary_fr` wins over `summary`."""
        names = [f"{name}_{language}" for language in self.languages]
        found = next((annotations[key] for key in (*names, name) if annotations.get(key, "").strip()), "")
        if found or not annotations:
            return found
        folded = {key.lower(): text for key, text in annotations.items() if text.strip()}
        return next((folded[key.lower()] for key in (*names, name) if key.lower() in folded), "")


def one_line(printed: str) -> Safe:
    """What a template printed, on one line."""
    return Safe(_spaced(printed.strip(_BLANKS)))


def paragraphs(printed: str) -> Safe:
    """What a template printed, without empty lines."""
    lines = [_spaced(line.strip(_BLANKS)) for line in printed.split("\n")]
    return Safe("\n".join([line for line in lines if line]))


def _spaced(printed: str) -> str:
    return _SPACES.sub(" ", printed) if "\n" in printed or "\t" in printed or "  " in printed else printed


def phrases(translations: NullTranslations) -> Mapping[str, Safe]:
    """The phrases that tenants' templates may say by name."""
    return {name: escape(translations.gettext(text)) for name, text in PHRASES.items()}


def language_names(tag: str) -> tuple[str, ...]:
    """The names of a locale from the most to the least special: `fr-CA` is fr_CA, then fr."""
    parts = [part for part in re.split(r"[-_]", tag.partition(".")[0].partition("@")[0].strip()) if part]
    return tuple("_".join(parts[:count]) for count in range(len(parts), 0, -1))


def negotiate(tag: str, available: Collection[str]) -> str:
    """The catalogue for a locale: its own, its language's, else English."""
    return next((name for name in language_names(tag.lower()) if name in available), FALLBACK)


@lru_cache(maxsize=256)
def babel_locale(tag: str, catalogue: str) -> Locale:
    """The conventions for dates and numbers: the locale's own where it speaks the catalogue's language."""
    for name in language_names(tag):
        try:
            locale = Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
        if locale.language == catalogue:
            return locale
    return Locale.parse(catalogue)


@lru_cache(maxsize=1024)
def _word(template: BuiltIn, word: str, count: int) -> Safe:
    return one_line(template.print({"word": word, "count": count}))
