"""Reads templates and translations from their directories, whole and checked, before any work is taken.

A template with a syntax error, a locale without a catalogue, and a message without its translation in every plural
form are found here and named with their file, instead of in the first message that needs them. The `.po` files are
read as they are; there are no compiled catalogues that could be stale.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import PoFileError, read_po
from jinja2 import TemplateSyntaxError

import router
from router.core.model.rules.names import LANGUAGES
from router.core.model.rules.receiver import Layout, Style
from router.core.render.localizer import (
    Localizer,
    babel_locale,
    language_names,
    negotiate,
    phrases,
)
from router.core.render.words.kept import Kept
from router.core.render.words.templates import BuiltIn, compile_templates, environment
from router.core.slack.markup import Safe
from router.core.template.compile import CustomParts, Report, unreported
from router.diagnostic import Diagnostic, Position
from router.errors import ConfigurationError

TEMPLATES_DIR: Final = Path(router.__file__).parent.parent / "templates"
LOCALES_DIR: Final = Path(router.__file__).parent.parent / "locales"

_Needed = Mapping[str, tuple[str, ...]]
"""The messages that templates use, by their singular: alone, or with the plural."""


_PLAIN: Final = Layout()
_Templates = Mapping[str, BuiltIn]
_Phrases = Mapping[str, Safe]
_KEPT: Final = 4_096


class Catalogue:
    """The templates in every language, from which the localizer for a locale and a time zone is made and kept.

    `report` is told when a part that a tenant wrote fails.
    """

    def __init__(
        self,
        templates: Mapping[str, Mapping[Style, _Templates]],
        phrases_by_language: Mapping[str, _Phrases],
        report: Report = unreported,
    ) -> None:
        self._templates = templates
        self._phrases = phrases_by_language
        self._report = report
        self._kept = Kept()
        self._localizers: dict[tuple[str, str, Layout], Localizer] = {}

    @classmethod
    def load(
        cls, templates_dir: Path = TEMPLATES_DIR, locales_dir: Path = LOCALES_DIR, report: Report = unreported
    ) -> "Catalogue":
        """Read and check everything.

        Raises:
            ConfigurationError: each diagnostic names its file.
        """
        sources = {style: _read_templates(templates_dir / style) for style in Style}
        needed = {text: forms for own in sources.values() for text, forms in _needed(own).items()}
        found: list[Diagnostic] = []
        templates, spoken = {}, {}
        for language in LANGUAGES:
            path = locales_dir / language / "LC_MESSAGES" / "messages.po"
            catalog = _read_catalog(path, language, found)
            if catalog is not None:
                found += [Diagnostic(one, source=str(path)) for one in _incomplete(catalog, language, needed)]
            if not found and catalog is not None:
                translations = _translations(catalog)
                built_in = sources[Style.DEFAULT]
                spoken[language] = phrases(translations)
                templates[language] = {
                    style: compile_templates({**built_in, **own}, translations) for style, own in sources.items()
                }
        if found:
            raise ConfigurationError(*found)
        return cls(templates, spoken, report)

    def localizer(self, locale: str, time_zone: str, layout: Layout = _PLAIN) -> Localizer:
        """How to speak in a locale and a time zone: fr-CA is French with Canadian dates, an unknown one is English.

        Raises:
            ConfigurationError: there is no such time zone.
        """
        key = (locale, time_zone, layout)
        if key not in self._localizers:
            if len(self._localizers) >= _KEPT:
                del self._localizers[next(iter(self._localizers))]
            self._localizers[key] = self._localizer(locale, time_zone, layout)
        return self._localizers[key]

    def _localizer(self, locale: str, time_zone: str, layout: Layout) -> Localizer:
        language = negotiate(locale, self._templates)
        return Localizer(
            locale=babel_locale(locale, language),
            time_zone=_zone(time_zone),
            languages=language_names(locale),
            templates=self._templates[language][layout.style],
            custom=CustomParts(dict(layout.parts), self._phrases[language], self._report),
            kept=replace(self._kept, of=(locale, layout.style, time_zone)),
        )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(f"{name!r} is not a valid time zone; use for example Europe/Paris") from error


def _read_templates(directory: Path) -> dict[str, str]:
    paths = sorted(directory.glob("*.j2"))
    if not paths:
        raise ConfigurationError(Diagnostic("no templates there", source=str(directory)))
    sources = {path.name: path.read_text(encoding="utf-8") for path in paths}
    checker = environment(sources)
    found = []
    for path in paths:
        try:
            checker.parse(sources[path.name], path.name, str(path))
        except TemplateSyntaxError as error:
            message = error.message or "cannot be parsed"
            found.append(Diagnostic(message, source=str(path), position=Position(error.lineno)))
    if found:
        raise ConfigurationError(*found)
    return sources


def _needed(sources: Mapping[str, str]) -> _Needed:
    extract = environment(sources).extract_translations  # type: ignore[attr-defined]  # added by the i18n extension
    needed: dict[str, tuple[str, ...]] = {}
    for source in sources.values():
        for _, function, message in extract(source):
            texts = message if isinstance(message, tuple) else (message,)
            needed[texts[0]] = texts[:2] if function == "ngettext" else texts[:1]
    return needed


def _read_catalog(path: Path, language: str, found: list[Diagnostic]) -> Catalog | None:
    try:
        with path.open("rb") as file:
            return read_po(file, locale=language, abort_invalid=True)
    except FileNotFoundError:
        found.append(Diagnostic("the catalogue is missing", source=str(path)))
    except (PoFileError, ValueError, OSError) as error:
        found.append(Diagnostic(str(error), source=str(path)))
    return None


def _incomplete(catalog: Catalog, language: str, needed: _Needed) -> Iterator[str]:
    plural = get_plural(language)
    if catalog.num_plurals != plural.num_plurals:
        yield f"{catalog.num_plurals} plural forms, but the language has {plural.num_plurals}"
    for message_id, wanted in needed.items():
        message = catalog.get(message_id)
        has = message.id if message and message.pluralizable else (message_id,) if message else ()
        if wanted != tuple(has):
            yield f"{message_id!r} is missing"
    for message in catalog:
        if message.id:
            yield from (f"{message.id!r} {fault}" for fault in _faults(message, catalog))


def _faults(message: Message, catalog: Catalog) -> Iterator[str]:
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if message.fuzzy:
        yield "is fuzzy"
    if message.pluralizable and len(forms) != catalog.num_plurals:
        yield f"has {len(forms)} plural forms of {catalog.num_plurals}"
    if not forms or not all(str(form or "").strip() for form in forms):
        yield "has an empty translation or plural form"
    elif any(set(str(form)) & set("<>&") for form in forms):
        yield "has markup in its translation"
    else:
        yield from (str(error) for error in message.check(catalog))


def _translations(catalog: Catalog) -> NullTranslations:
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)
