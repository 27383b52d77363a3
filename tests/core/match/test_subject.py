"""A person is found by a digest, as a whole text or as one of its words, and nothing of it is left."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.match.subject import NO_SUBJECTS, Hiding, Subjects, subject_digest

KEY: Final = b"k" * 32
EVE: Final = "eve@example.com"


def erased(*values: str) -> Subjects:
    return Subjects(KEY, {subject_digest(KEY, one): f"erased-{number}" for number, one in enumerate(values)})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (EVE, EVE),
        ("  EVE@Example.com ", "EVE@Example.com"),
        ("asked eve@example.com.", EVE),
        ("user=eve@example.com,pod=a", EVE),
        ("<mailto:eve@example.com>", EVE),
        ('{"user":"eve@example.com"}', EVE),
        ("\uff45ve@example.com", "\uff45ve@example.com"),
    ],
)
def test_a_person_is_found_as_it_stands_there(text: str, found: str) -> None:
    assert list(erased(EVE).named_in(text)) == [(found, "erased-0")]


@pytest.mark.parametrize("text", ["", " ", "adeve@example.com", "eve@example.com.evil.example", "eve", "eve@example"])
def test_whoever_has_another_name_is_somebody_else(text: str) -> None:
    assert list(erased(EVE).named_in(text)) == []


def test_a_name_of_several_words_is_found_as_a_whole_alone() -> None:
    assert list(erased("Eve Moneypenny").named_in("eve  moneypenny")) == [("eve  moneypenny", "erased-0")]
    assert list(erased("Eve Moneypenny").named_in("of Eve Moneypenny")) == []


def test_another_key_makes_another_digest() -> None:
    assert subject_digest(KEY, EVE) != subject_digest(b"o" * 32, EVE)
    assert list(Subjects(b"o" * 32, erased(EVE).marks).named_in(EVE)) == []
    assert list(NO_SUBJECTS.named_in(EVE)) == []


def test_a_value_is_hidden_in_any_case_and_also_where_it_is_encoded() -> None:
    hiding = Hiding({EVE: "erased-0"})

    assert hiding.text("Eve@Example.com at /u/eve%40example.com") == "erased-0 at /u/erased-0"


def test_what_is_too_short_is_hidden_in_its_own_field_alone() -> None:
    hiding = Hiding({"al": "erased-0"})

    assert (hiding.field("al"), hiding.text("all of al")) == ("erased-0", "all of al")


@given(st.text(max_size=20), st.emails(), st.text(max_size=20))
def test_what_was_found_is_nowhere_any_more(before: str, value: str, after: str) -> None:
    text = f"{before} {value} {after}"
    found = dict(erased(value).named_in(text))

    assert value not in Hiding(found).field(text) or value not in found
