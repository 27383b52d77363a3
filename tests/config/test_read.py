"""A wrong document is answered with every mistake, where it stands and in words its author can act on."""

import json
from pathlib import Path

import pytest

from router.config.read import read_document
from router.errors import ConfigurationError
from tests.config.samples import EXAMPLE, SMALL, changed, mistakes_in


def findings(text: str) -> list[str]:
    """What reading the text complains of, without the file's name in front."""
    try:
        read_document(text, "acme.yaml")
    except ConfigurationError as error:
        return [str(one).removeprefix("acme.yaml:") for one in error.diagnostics]
    return []


def test_a_finding_begins_with_the_file_as_editors_understand_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_document(changed("tenant: acme", "tenants: acme"), "tenants/acme.yaml")

    assert str(caught.value) == "tenants/acme.yaml:2:1: tenants: unknown, did you mean `tenant`?"


MISTAKES = mistakes_in(Path(__file__).with_name("mistakes.txt"))


@pytest.mark.parametrize(("old", "new", "expected"), MISTAKES)
def test_a_mistake_is_named_where_it_stands(old: str, new: str, expected: list[str]) -> None:
    assert findings(changed(old, new)) == expected


def test_the_table_of_mistakes_is_long() -> None:
    assert len(MISTAKES) >= 60


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1: the document is empty; begin with version: 1"]),
        ("# nothing but a comment\n", ["1:1: the document is empty; begin with version: 1"]),
        ("hello", ["1:1: should be a mapping of keys, not the text `hello`"]),
        ("- version: 1", ["1:1: should be a mapping of keys, not a list"]),
        ("[" * 100_000, ["1:42: nested deeper than 40 levels; flatten it"]),
        ("- " * 100_000, ["1:83: nested deeper than 40 levels; flatten it"]),
        ("#" * (1 << 20) + "\n", ["1:1: the document is larger than 1024 KiB; shorten it"]),
        ("é" * (1 << 19) + ":", ["1:1: the document is larger than 1024 KiB; shorten it"]),
    ],
)
def test_what_is_no_document_at_all_is_refused_in_a_line(text: str, expected: list[str]) -> None:
    assert findings(text) == expected


@pytest.mark.parametrize("key", ["", " ", "\u3000", " tenant"])
def test_a_key_that_nobody_would_see_is_shown_in_quotes(key: str) -> None:
    [finding] = [one for one in findings(json.dumps({key: None})) if "unknown" in one]

    assert finding.startswith(f'1:2: "{key}": unknown'.replace("\u3000", "\\u3000"))


@pytest.mark.parametrize("word", ["match", "match_re"])
def test_the_old_forms_of_matchers_point_to_the_new_one(word: str) -> None:
    (finding,) = findings(changed("receiver: oncall", f"{word}: {{a: b}}"))

    assert finding.startswith(f"7:29: route.routes[0].{word}: the old form; use matchers")


def test_all_mistakes_are_found_at_once_in_the_order_of_the_text() -> None:
    text = changed("tenant: acme", "tenant: Acme\nlocale: xx\nlocale: yy")
    text = changed("receiver: oncall", "receiver: oncal", text)
    text = changed('name: default, slack: {channel: "#alerts"}', 'name: default, slak: {channel: "#Alerts"}', text)

    assert [line.split(": ")[1] for line in findings(text)] == [
        "tenant",
        "locale",
        "locale",
        "route.routes[0].receiver",
        "receivers[0].slak",
    ]


def test_a_receiver_without_a_readable_name_does_not_make_the_routes_wrong() -> None:
    assert findings(changed("name: oncall", "nmae: oncall")) == [
        "10:6: receivers[1].nmae: unknown, did you mean `name`?"
    ]


def test_a_finding_is_one_short_line_whatever_the_document_holds() -> None:
    (finding,) = findings(changed("tenant: acme", 'tenant: acme\n"a\\nb\\e[31m' + "x" * 900 + '": 1'))

    assert finding.startswith("3:1: a\\nb\\x1b[31mxxx")
    assert len(finding) < 420


def test_a_number_without_end_is_pointed_at_like_any_other() -> None:
    (finding,) = findings(changed("version: 1", "version: " + "1" * 5000))

    assert finding.startswith("1:10: version: the text `111")


def test_text_that_no_file_could_hold_is_answered_too() -> None:
    (finding,) = findings(changed("tenant: acme", "tenant: \ud800"))

    assert finding == "2:9: not YAML: the character `\\ud800` is not allowed; write it as an escape in double quotes"


@pytest.mark.long
@pytest.mark.parametrize(
    "more",
    [
        "".join(f"tenant{index}: 1\n" for index in range(20_000)),
        "routes:\n" + "- \n" * 20_000,
        "tenant: acme\n" * 20_000,
        "x: [" + "*a, " * 20_000 + "]",
        "".join(f"  - {{name: {'ab'[n % 2]}-{n}, slack: {{channel: C7654321}}}}\n" for n in range(900)),
    ],
    ids=["unknown", "empty", "twice", "aliases", "forbidden"],
)
def test_a_document_wrong_everywhere_is_answered_with_the_first_hundred(more: str) -> None:
    found = findings(SMALL + more)

    assert len(found) == 101
    assert found[-1].endswith(": and more from here on; fix the others first")


def test_values_are_yaml_1_2() -> None:
    """`no`, `on` and times are words, as an author of labels expects."""
    document = read_document(changed("receiver: oncall", "group_by: [no, on, 12:30, 2024-01-01, =]"), "a")

    assert document.route.routes[0].group_by == ("no", "on", "12:30", "2024-01-01", "=")


def test_a_mark_of_byte_order_is_no_mistake() -> None:
    assert findings("\ufeff" + SMALL) == []


def test_the_bound_on_size_is_exact() -> None:
    room = (1 << 20) - len(SMALL)

    assert findings(SMALL + "#" * room) == []
    assert findings(SMALL + "#" * (room + 1)) != []


@pytest.mark.parametrize("text", [SMALL, EXAMPLE], ids=["small", "example"])
def test_a_right_document_is_read(text: str) -> None:
    assert read_document(text, "acme.yaml").tenant == "acme"
