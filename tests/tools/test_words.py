"""Words that are to be replaced are found where they are names or prose, and only there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.words import found_in

Words = Callable[[str, str], list[str]]


@pytest.fixture
def words(tmp_path: Path) -> Words:
    """The words found in a project of one file, in order."""

    def look(name: str, text: str) -> list[str]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return [one.word for one in found_in(tmp_path) if str(one.path) == name]

    return look


@pytest.mark.parametrize(
    "text",
    [
        "told = 1",
        "x.told_at = 1",
        "class ToldAs: ...",
        "REPLY_ALOUD = 1",
        "def tell_all(): ...",
        "from a import Teller",
        "f(unsaid=1)",
        "match x:\n    case Telling(): ...",
        "x = 'notification_told'",
        "x = f'{told}'",
    ],
)
def test_a_name_in_code_is_found_whatever_its_form(words: Words, text: str) -> None:
    assert len(words("router/a.py", text)) == 1


@pytest.mark.parametrize("text", ["# as told above", "'''Say it, as the sender told us.'''", "x = 'we are told so'"])
def test_prose_in_code_may_tell_and_say(words: Words, text: str) -> None:
    assert words("tests/a.py", text) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("To mend it", "mend"),
        ("what can be mended", "mend"),
        ("There is a Cure.", "cure"),
        ("begins anew", "anew"),
        ("lest it falls", "lest"),
        ("`x` is no label", "is no"),
        ("x is\nno label", "is no"),
    ],
)
def test_some_words_are_found_in_prose_too(words: Words, text: str, word: str) -> None:
    assert words("docs/a.md", text) == [word]
    assert words("router/a.py", f"x = '''{text}'''\n") == [word]


@pytest.mark.parametrize(
    "text",
    ["recommended, amend", "secure, procured", "there is no hook", "is no longer reported", "x is None", "blest"],
)
def test_words_that_only_look_like_them_are_not_found(words: Words, text: str) -> None:
    assert words("README.md", text) == []


def test_lua_is_code_but_for_its_comments(words: Words) -> None:
    assert words("router/a.lua", "-- what was told\nlocal told = 1 -- and told\n") == ["told"]


def test_markdown_shows_code_between_backticks(words: Words) -> None:
    assert words("docs/a.md", "It is told: `changes = told + pending`.\n") == ["told"]


def test_a_find_names_place_word_and_what_to_write_instead(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("One\n`tell`\n", encoding="utf-8")

    assert [str(one) for one in found_in(tmp_path)] == ["README.md:2: 'tell'; instead: notify"]


def test_files_of_data_are_not_read(words: Words) -> None:
    assert words("tests/data/a.jsonl", "told anew") == []
