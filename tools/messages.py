"""Every sentence that a channel can see, in all languages side by side: docs/messages.md.

`make messages` writes that page.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from router.adapters.locale.catalogue import LOCALES_DIR, Catalogue
from router.core.model.instant import HOUR, MINUTE, SECOND, Span, from_datetime
from router.core.model.rules.names import LANGUAGES

PAGE: Final = Path(__file__).parents[1] / "docs" / "messages.md"
_NOON: Final = from_datetime(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
_HEAD: Final = """\
# Every sentence in every language

What a channel can see, side by side, by the part of a message (a file in `templates/default`) that says it. `{...}`
is filled in. Where two forms stand in a cell, the first is the singular, the second the plural.

This page is made from `locales/` with `make messages`, and a test fails while it is not what they say. To fix a
translation, edit `locales/<language>/LC_MESSAGES/messages.po` and run `make messages snapshots`; the snapshots in
`tests/core/snapshots` show the words in whole messages.

German, French, Spanish and Italian are formal (Sie, vous, usted, Lei). Participles agree with Alarm (m.), alerte
(f.), alerta (f.), allarme (m.).
"""


def page() -> str:
    """The whole page."""
    sections = [_HEAD, *(_section(*one) for one in sorted(_by_part().items())), _numbers()]
    return "\n".join(sections)


def template() -> Catalog:
    """The list of all messages, in the order of the templates."""
    with (LOCALES_DIR / "messages.pot").open("rb") as file:
        return read_po(file)


def translations() -> Mapping[str, Catalog]:
    """What is translated, by language."""
    return {language: _read(language) for language in LANGUAGES}


def forms(message: Message) -> tuple[str, ...]:
    """All forms of a translation."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def shown(text: str) -> str:
    """A sentence as it stands in a cell: its placeholders in braces."""
    return text.replace("%(", "{").replace(")s", "}").replace("%%", "%").replace("|", "\\|")


def _read(language: str) -> Catalog:
    with (LOCALES_DIR / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def _by_part() -> Mapping[str, list[Message]]:
    parts: dict[str, list[Message]] = {}
    for message in template():
        if message.id:
            parts.setdefault(_part(message), []).append(message)
    return parts


def _part(message: Message) -> str:
    """The part that says it, in the default style if that does."""
    paths = [Path(path) for path, _ in message.locations]
    return next((path.stem for path in paths if path.parent.name == "default"), paths[0].stem)


def _section(part: str, messages: list[Message]) -> str:
    comment = " ".join(messages[0].auto_comments).removeprefix("Translators:").strip()
    about = f"{comment[:1].upper()}{comment[1:]}"
    catalogs = translations()
    rows = [[_cell(catalogs[language].get(_key(message))) for language in LANGUAGES] for message in messages]
    return "\n".join([f"## {part}\n", *([f"{about}\n"] if about else []), *_table(rows), ""])


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _cell(message: Message | None) -> str:
    return "<br>".join(map(shown, forms(message))) if message else ""


def _table(rows: list[list[str]]) -> Iterator[str]:
    names = [str(Locale(language).get_language_name("en")) for language in LANGUAGES]
    yield from (f"| {' | '.join(cells)} |" for cells in (names, ["---"] * len(names), *rows))


def _numbers() -> str:
    """What is not a translation of ours but a convention of the language, by the same examples."""
    words = [Catalogue.load().localizer(language, "Europe/Paris") for language in LANGUAGES]
    spans = [Span(span) for span in (45 * SECOND, 5 * MINUTE, HOUR + 35 * MINUTE, 26 * HOUR, 49 * HOUR)]
    rows = [
        *([one.duration(span) for one in words] for span in spans),
        [one.number(12_345) for one in words],
        [one.moment(_NOON) for one in words],
        [one.listing(["A", "B", "C"]) for one in words],
    ]
    about = "Durations, counts, times (in the tenant's zone) and lists follow the Unicode CLDR, not `locales/`.\n"
    return "\n".join(["## Numbers, times and lists\n", about, *_table(rows), ""])


def write() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
