"""The words, dates and numbers of one locale and time zone, and the templates that put them together.

A localizer is a value: the catalogue adapter reads the files, this module never does. Texts come from gettext, so
they have every plural form of their language; times, units and numbers come from CLDR. Whatever a template prints is
escaped for Slack unless it is `Safe`; a translation is trusted, the values filled into it are not.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo
from functools import lru_cache
from gettext import NullTranslations
from types import CodeType
from typing import Final, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.lists import format_list
from babel.numbers import format_decimal
from jinja2 import DictLoader, Environment, StrictUndefined, Template

from router.core.model.instant import HOUR, MINUTE, NEVER, SECOND, Instant, Span, to_datetime
from router.core.slack.markup import Safe, bold, capitalized, code, date_token, escape, inline, join, link, sentence
from router.core.template.compile import CustomParts
from router.core.template.language import PHRASES

FALLBACK: Final = "en"
_DAY: Final = Span(24 * HOUR)
_Unit = Literal["day", "hour", "minute", "second"]
_UNITS: Final[Mapping[_Unit, Span]] = {"day": _DAY, "hour": HOUR, "minute": MINUTE, "second": SECOND}
_LATEST: Final = Instant(253_370_000_000 * SECOND)
"""In the year 9998: what is later cannot be shown in every zone."""

_SPACES: Final = re.compile(r"[ \t\n]+")
"""Only what templates are laid out with; the no-break spaces of CLDR stay."""


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
    templates: Mapping[str, Template]
    custom: CustomParts = _NO_PARTS

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

    def word(self, template: str, word: str) -> Safe:
        """What a template makes of one word; remembered, since the same few are needed for every alert."""
        return _word(self.templates[template], word)

    def _print(self, template: str, values: Mapping[str, object]) -> str:
        return self.templates[template].render(values, localizer=self)

    def moment(self, instant: Instant) -> str:
        """Date and time to the minute with the zone's name, as read in this zone."""
        shown = min(max(instant, NEVER), _LATEST)
        return _moment(self.locale, self.time_zone, Instant(shown - shown % MINUTE))

    def token(self, instant: Instant) -> Safe:
        """The moment in the reader's own zone, where the client can do that."""
        return date_token(min(instant, _LATEST), self.moment(instant))

    def duration(self, span: Span) -> str:
        """A length of time in its two largest units, as "1 h 35 min"; empty below a second."""
        return _duration(self.locale, max(span // SECOND, 0))

    def number(self, number: int) -> str:
        """A count with the separators of the language."""
        return format_decimal(number, locale=self.locale)

    def listing(self, parts: Iterable[str]) -> str:
        """The parts as an enumeration, the last one joined by "and"."""
        return format_list(list(parts), locale=self.locale)

    def localized(self, annotations: Mapping[str, str], name: str) -> str:
        """An annotation, in this language if the sender has it: `summary_fr` wins over `summary`."""
        names = [f"{name}_{language}" for language in self.languages]
        return next((annotations[key] for key in (*names, name) if annotations.get(key, "").strip()), "")


def one_line(printed: str) -> Safe:
    """What a template printed, on one line."""
    return Safe(_SPACES.sub(" ", printed).strip(" "))


def paragraphs(printed: str) -> Safe:
    """What a template printed, without empty lines."""
    lines = (_SPACES.sub(" ", line).strip(" ") for line in printed.split("\n"))
    return Safe("\n".join(line for line in lines if line))


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


def environment(sources: Mapping[str, str], translations: NullTranslations | None = None) -> Environment:
    """Where the templates of one language are compiled: translated, escaped for Slack, strict about names."""
    made = Environment(
        loader=DictLoader(dict(sources)),
        extensions=["jinja2.ext.i18n"],
        autoescape=False,  # noqa: S701 - Slack is not HTML; finalize escapes what Slack acts on
        finalize=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.filters.update(bold=bold, code=code, join=join, sentence=sentence, capitalized=capitalized)
    made.filters["short"] = inline
    made.globals["link"] = link
    words = translations or NullTranslations()
    made.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        gettext=lambda message: Safe(words.gettext(message)),
        ngettext=lambda one, many, count: Safe(words.ngettext(one, many, count)),
        newstyle=True,
    )
    return made


def compile_templates(sources: Mapping[str, str], translations: NullTranslations) -> Mapping[str, Template]:
    """Every template, by its name without the ending."""
    made = environment(sources, translations)
    templates = {}
    for name, source in sources.items():
        template = Template.from_code(made, _compiled(name, source), made.make_globals(None))
        # Jinja copies the globals at every rendering, which is most of its cost while they are its ChainMap.
        template.globals = dict(template.globals)
        templates[name.removesuffix(".j2")] = template
    return templates


@lru_cache(maxsize=256)
def _compiled(name: str, source: str) -> CodeType:
    """The same for every language: texts are looked up when they are printed."""
    return environment({}).compile(source, name, name)


@lru_cache(maxsize=1024)
def _word(template: Template, word: str) -> Safe:
    return one_line(template.render(word=word))


@lru_cache(maxsize=4096)
def _moment(locale: Locale, time_zone: tzinfo, minute: Instant) -> str:
    local = to_datetime(minute).astimezone(time_zone)
    date = format_date(local, "medium", locale=locale)
    time = format_time(local, "short", tzinfo=time_zone, locale=locale)
    zone = local.tzname() or ""
    joined = str(locale.datetime_formats["medium"]).replace("{0}", time).replace("{1}", date).replace("'", "")
    return f"{joined} {'UTC' + zone if zone[:1] in {'+', '-'} else zone}"


@lru_cache(maxsize=4096)
def _duration(locale: Locale, seconds: int) -> str:
    left, amounts = seconds * SECOND, list[tuple[_Unit, int]]()
    for unit, length in _UNITS.items():
        amounts.append((unit, left // length))
        left %= length
    first = next((place for place, (_, amount) in enumerate(amounts) if amount), len(amounts))
    return " ".join(_amount(locale, unit, amount) for unit, amount in amounts[first : first + 2] if amount)


def _amount(locale: Locale, unit: _Unit, amount: int) -> str:
    # format_unit has no Spanish "1 h" ("1 horas"), and unit lists lack German and Spanish pairs in Babel 2.18.
    seconds = timedelta(seconds=amount * _UNITS[unit] // SECOND)
    return format_timedelta(seconds, granularity=unit, threshold=10**12, format="short", locale=locale)
