"""What an alert says is wrong: its summary and its description, whatever its sender calls them, line by line."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from router.core.render.localizer import Localizer
from router.core.render.prose.addresses import address_in, link_named
from router.core.render.redaction import Redactor
from router.core.slack.markup import Safe, as_written, code, is_web_address

MAX_SUMMARY_CHARS: Final = 300
_MAX_LINES: Final = 12
_MAX_LINE_CHARS: Final = 300
_MAX_CHARS: Final = 900
_FENCE: Final = re.compile(r"\s*(?P<mark>```|~~~)(?P<rest>.*)")
_LANGUAGE: Final = re.compile(r"_[a-z]{2,3}(_[A-Za-z]{2,4})?$")
_ADDRESS: Final = re.compile(r"\s*[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PLACED: Final = frozenset({"summary", "description", "value"})


@dataclass(frozen=True, slots=True)
class Prose:
    """Foreign text, neither shortened nor escaped yet; `used` names the annotation that stands in for both."""

    summary: str
    description: str
    used: str = ""


def prose_of(annotations: Mapping[str, str], localizer: Localizer) -> Prose:
    """The annotations `summary` and `description`; without both, the first other prose, `message` before all."""
    summary, description = (localizer.localized(annotations, name) for name in ("summary", "description"))
    if summary:
        return Prose(summary, description if description.strip() != summary.strip() else "")
    used = "" if description else _stand_in(annotations)
    return _parted(description or localizer.localized(annotations, used), used)


def has_place(name: str, text: str) -> bool:
    """Whether the annotation is shown in a place of its own, as a link if it leads anywhere."""
    if link_named(name):
        return bool(_ADDRESS.match(text) or address_in(text))
    return is_placed(name) or is_web_address(text)


def is_placed(name: str) -> bool:
    """Whether messages know what annotations of this name are."""
    return name.lower() in _PLACED


def is_hidden(name: str, known: Collection[str]) -> bool:
    """Whether it is nobody's to read, or another annotation in some language."""
    if name.startswith("__"):
        return True
    language = None if link_named(name) else _LANGUAGE.search(name)
    return language is not None and _is_known(name[: language.start()], known)


def _is_known(name: str, known: Collection[str]) -> bool:
    return name in known or name in _PLACED or bool(link_named(name))


def paragraphs(text: str, redactor: Redactor) -> Safe:
    """A foreign text with its lines, lists and code, bounded; on one line where lines would show what is hidden."""
    if redactor.hides(text) and _flat(redactor.text(text)) != _flat(*map(redactor.text, text.splitlines())):
        return as_written(redactor.line(text, _MAX_CHARS))
    return Safe("\n".join(_bounded(list(_lines(text, redactor)))))


def _flat(*texts: str) -> str:
    return " ".join(" ".join(texts).split())


def _parted(text: str, used: str) -> Prose:
    """The first line as the summary, and what follows."""
    first, _, rest = text.strip().partition("\n")
    return Prose(first.strip(), rest.strip("\n"), used)


def _stand_in(annotations: Mapping[str, str]) -> str:
    names = sorted(annotations, key=lambda name: (name.lower() != "message", name))
    return next((name for name in names if _is_prose(name, annotations)), "")


def _is_prose(name: str, annotations: Mapping[str, str]) -> bool:
    text = annotations[name]
    if is_hidden(name, annotations) or has_place(name, text) or not text.strip() or _ADDRESS.match(text):
        return False
    return name.lower() == "message" or len(text.split()) > 1


def _lines(text: str, redactor: Redactor) -> Iterator[tuple[str, bool]]:
    """Each line that is not empty, and whether it is code."""
    for piece, is_code in _pieces(redactor.text(raw) for raw in text.splitlines()):
        if line := redactor.line(piece, _MAX_LINE_CHARS):
            yield line, is_code


def _pieces(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The lines without their fences, and what stands beside a fence as lines of their own."""
    mark = ""
    for line in lines:
        if mark:
            inside, closing, after = line.partition(mark)
            yield inside, True
        elif fence := _FENCE.match(line):
            mark = fence["mark"]
            inside, closing, after = fence["rest"].partition(mark)
            if closing or " " in inside.strip():  # one word alone names the language
                yield inside, True
        else:
            yield line, False
            continue
        if closing:
            mark = ""
            yield after, False


def _bounded(lines: list[tuple[str, bool]]) -> Iterator[str]:
    room = _MAX_CHARS
    for place, (line, in_code) in enumerate(lines):
        room -= len(line)
        if place == _MAX_LINES or room < 0:
            yield "…"
            return
        yield code(line) if in_code else as_written(line)
