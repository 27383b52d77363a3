"""Templates and translations are complete, and what is not is named with its file."""

import shutil
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from router.adapters.locale.catalogue import LOCALES_DIR, TEMPLATES_DIR, Catalogue
from router.core.model.rules.names import LANGUAGES
from router.errors import ConfigurationError

ALERTS_DE = 'msgstr[1] "%(count)s Alarme"'


@pytest.fixture
def copies(tmp_path: Path) -> tuple[Path, Path]:
    """Templates and catalogues that a test may spoil."""
    templates, locales = tmp_path / "templates", tmp_path / "locales"
    shutil.copytree(TEMPLATES_DIR, templates)
    shutil.copytree(LOCALES_DIR, locales)
    return templates, locales


def po(locales: Path, language: str) -> Path:
    return locales / language / "LC_MESSAGES" / "messages.po"


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def findings(copies: tuple[Path, Path]) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as raised:
        Catalogue.load(*copies)
    return tuple(map(str, raised.value.diagnostics))


def test_what_is_shipped_is_complete() -> None:
    assert Catalogue.load().localizer("fr", "Europe/Paris").templates


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    with po(LOCALES_DIR, language).open("rb") as file:
        catalog = read_po(file)
    expected = get_plural(language)
    assert (catalog.num_plurals, catalog.plural_expr) == (expected.num_plurals, expected.plural_expr)


def test_the_list_of_messages_is_that_of_the_templates() -> None:
    options = {"**.j2": {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
    found = extract_from_dir(TEMPLATES_DIR, [("**.j2", "jinja2")], options)
    texts = {message if isinstance(message, str) else tuple(filter(None, message)) for _, _, message, _, _ in found}
    with (LOCALES_DIR / "messages.pot").open("rb") as file:
        listed = {message.id for message in read_po(file) if message.id}
    assert {text if isinstance(text, str) or len(text) > 1 else text[0] for text in texts} == listed


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_catalogue_is_named(copies: tuple[Path, Path], language: str) -> None:
    po(copies[1], language).unlink()
    assert findings(copies) == (f"{po(copies[1], language)}: the catalogue is missing",)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (ALERTS_DE + "\n", "", "empty translation or plural form"),
        (ALERTS_DE, 'msgstr[1] ""', "empty translation or plural form"),
        ('msgstr[1] "AKTIV"', 'msgstr[1] ""', "empty translation"),
        ('msgid "FIRING"', '#, fuzzy\nmsgid "FIRING"', "fuzzy"),
        ('msgid "FIRING"', 'msgid "SHOOTING"', "'FIRING' is missing"),
        ('msgid_plural "%(count)s alerts"', 'msgid_plural "%(count)s old alerts"', "'%(count)s alert' is missing"),
        (ALERTS_DE, 'msgstr[1] "%(cnt)s Alarme"', "unknown named placeholder 'cnt'"),
        ('msgstr[1] "AKTIV"', 'msgstr[1] "<!here>"', "markup"),
        ("nplurals=2; plural=(n != 1);", "nplurals=3; plural=(n != 1);", "plural forms"),
        ('msgstr[1] "AKTIV"', 'nonsense "AKTIV"', "messages.po"),
    ],
)
def test_an_incomplete_catalogue_is_refused(copies: tuple[Path, Path], old: str, new: str, fault: str) -> None:
    path = po(copies[1], "de")
    spoil(path, old, new)
    found = findings(copies)
    assert all(str(path) in finding for finding in found)
    assert any(fault in finding for finding in found), found


def test_a_template_with_an_error_is_named_with_its_line(copies: tuple[Path, Path]) -> None:
    path = copies[0] / "default" / "counts.j2"
    path.write_text("{{ fine }}\n\n{{ not | }}\n", encoding="utf-8")
    (finding,) = findings(copies)
    assert finding.startswith(f"{path}:3: ")


def test_templates_that_are_not_there_are_a_finding(tmp_path: Path, copies: tuple[Path, Path]) -> None:
    with pytest.raises(ConfigurationError, match="no templates there"):
        Catalogue.load(tmp_path / "nowhere", copies[1])


def test_a_new_word_in_a_template_needs_every_language(copies: tuple[Path, Path]) -> None:
    (copies[0] / "default" / "new.j2").write_text("{% trans %}brand new{% endtrans %}", encoding="utf-8")
    assert len(findings(copies)) == len(LANGUAGES)


def test_a_wording_is_made_once_and_speaks_the_nearest_language() -> None:
    catalogue = Catalogue.load()
    canadian = catalogue.localizer("fr-CA", "America/Toronto")
    assert catalogue.localizer("fr-CA", "America/Toronto") is canadian
    assert canadian.word("state", "f") == "EN COURS"
    assert str(canadian.locale) == "fr_CA"
    assert catalogue.localizer("pt-BR", "UTC").word("state", "f") == "FIRING"


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "", "../etc/passwd", "\x00"])
def test_an_unknown_time_zone_is_a_finding(zone: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a valid time zone"):
        Catalogue.load().localizer("en", zone)
