"""Words that the project does not use, and where they occur: `make words`; exits with 1 when there are any.

Some are wrong anywhere, since no engineer writes them; others are wrong as names in code, where the glossary in
docs/concepts.md has a word for the same thing, and are fine in prose ("`--help` says the same").
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_INSTEAD: Final[Mapping[str, str]] = {
    "mend": "fix",
    "cure": "remedy",
    "anew": "again",
    "lest": "so that ... not",
    "is no": "is not a, is not a valid",
    "tell": "notify",
    "told": "notified, shown",
    "untold": "pending",
    "teller": "dispatcher",
    "telling": "notification",
    "tellings": "notifications",
    "say": "reply",
    "said": "replied, printed",
    "unsaid": "unreplied",
    "aloud": "broadcast",
}
_FORMS: Final[Mapping[str, str]] = {
    **{word: word for word in _INSTEAD},
    **dict.fromkeys(("mends", "mended", "mending"), "mend"),
    **dict.fromkeys(("cures", "cured", "curing"), "cure"),
}
_ANYWHERE: Final = re.compile(
    r"\b(?P<word>mend(?:s|ed|ing)?|cur(?:e|es|ed|ing)|anew|lest)\b|(?<!\bthere )\bis\s+no\s(?!longer\b|more\b)",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"[\w.:-]+")
_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LUA_COMMENT: Final = re.compile(r"--.*")
_INLINE_CODE: Final = re.compile(r"`([^`\n]+)`")

_FOLDERS: Final = ("router", "packages", "tools", "tests", "docs", ".github")
_SUFFIXES: Final = {".py", ".md", ".lua", ".js", ".css", ".yml"}
_ABOUT_WORDS: Final = {"tools/words.py", "tests/tools/test_words.py"}
_OLD_NAMES: Final = {"CHANGELOG.md", "router/adapters/redis/forms/form1.py", "tests/adapters/test_codec.py"}
"""What was renamed, and the fields of form 1 as they were named when it was written."""


@dataclass(frozen=True, order=True, slots=True)
class Found:
    """A word where it should not be."""

    path: Path
    line: int
    word: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.word!r}; instead: {self.instead}"


def found_in(top: Path) -> list[Found]:
    """All of them, in the order of files and lines."""
    return sorted({one for path in _files(top) for one in _found_in_file(path, path.relative_to(top))})


def _files(top: Path) -> Iterator[Path]:
    candidates = [*top.glob("*.md"), top / "Makefile", *(one for name in _FOLDERS for one in (top / name).rglob("*"))]
    for path in candidates:
        is_read = path.suffix in _SUFFIXES or path.name == "Makefile"
        if is_read and path.is_file() and path.relative_to(top).as_posix() not in _ABOUT_WORDS | _OLD_NAMES:
            yield path


def _found_in_file(path: Path, shown: Path) -> Iterator[Found]:
    text = path.read_text(encoding="utf-8")
    for match in _ANYWHERE.finditer(text):
        form = (match["word"] or "is no").lower()
        yield _found(shown, text.count("\n", 0, match.start()) + 1, form)
    for line, name in _names(text, path.suffix):
        yield from (_found(shown, line, part) for part in map(str.lower, _PART.findall(name)) if part in _FORMS)


def _found(path: Path, line: int, form: str) -> Found:
    return Found(path, line, _FORMS[form], _INSTEAD[_FORMS[form]])


def _names(text: str, suffix: str) -> Iterator[tuple[int, str]]:
    """The names in code, each with its line: of Python and Lua, and what Markdown shows as code."""
    if suffix == ".py":
        yield from _python_names(ast.parse(text))
        return
    for number, line in enumerate(text.splitlines(), 1):
        if suffix == ".lua":
            yield number, _LUA_COMMENT.sub("", line)
        elif suffix == ".md":
            yield from ((number, code) for code in _INLINE_CODE.findall(line))


def _python_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every identifier, and every text that looks like one: a field, an event, a metric."""
    for node in ast.walk(tree):
        for _, value in ast.iter_fields(node):
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str) and _NAME.fullmatch(one):
                    yield getattr(node, "lineno", 0), one


def main() -> int:
    """The exit code."""
    found = found_in(Path.cwd())
    sys.stdout.writelines(f"{one}\n" for one in found)
    counts = ", ".join(f"{word} {count}" for word, count in Counter(one.word for one in found).most_common())
    sys.stdout.write(f"words to replace: {counts or 'none'}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
