"""Whatever the text, reading it ends in a document or in findings that point into it."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from router.config.compile.tenant import compile_tenant
from router.config.read import read_document
from router.config.stored import dump, load
from router.errors import ConfigurationError
from tests.config.samples import EXAMPLE, SMALL
from tests.examples import examples

LINE = re.compile(r"any\.yaml:(\d+):(\d+): \S.*")
BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
RAW = ("Input should", "Value error", "is not valid here", "Traceback")
PIECES = [
    *"{}[],:&*!|>'\"%@`#-? \n\t~<=0aé.",
    *("\n  ", "- ", ": ", "? ", "---\n", "...\n", "%YAML 1.1\n", "%TAG ! x:\n", "<<: ", "!!int ", "!!binary ", "!<"),
    *(
        "\\ud800",
        "\\U00110000",
        "\\x",
        "\u2028",
        "\x85",
        "\ufeff",
        "\x00",
        "null",
        "true",
        "1e999",
        "0x",
        "-.inf",
        "1_",
    ),
    *(
        "version: 1",
        "tenant: ",
        "route:",
        "receivers:",
        "slack: ",
        "channel: ",
        "matchers: ",
        "continue: ",
        "9" * 5000,
    ),
]

edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from(PIECES)),
    min_size=1,
    max_size=6,
)
words = st.sampled_from(sorted(set(re.findall(r"\w+", EXAMPLE)))) | st.text(max_size=5)
data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=6),
    max_leaves=30,
)


def judge(text: str) -> None:
    """Read the text and hold the answer against what is promised of it."""
    try:
        document = read_document(text, "any.yaml")
    except ConfigurationError as error:
        findings = tuple(map(str, error.diagnostics))
    else:
        assert compile_tenant(document, 1).tenant_id == document.tenant
        assert load(dump(document, text)).document == document
        return
    assert findings
    for finding in findings:
        match = LINE.fullmatch(finding)
        assert match is not None, finding
        assert 1 <= int(match[1]) <= len(BREAK.split(text))
        assert not any(words in finding for words in RAW), finding


@examples(150)
@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text(text: str) -> None:
    judge(text)


@examples(250)
@given(st.sampled_from([SMALL, EXAMPLE]), edits)
def test_any_slip_of_the_pen_in_a_right_document(text: str, slips: list[tuple[float, int, str]]) -> None:
    for where, removed, piece in slips:
        at = int(where * len(text))
        text = text[:at] + piece + text[at + removed :]
    judge(text)


@examples(150)
@given(data, st.sampled_from(["", "route", "platform", "severity", "receivers"]))
def test_any_data(value: object, key: str) -> None:
    """Also as one part of a document that is right otherwise, where it is looked at more closely."""
    lines = [line for line in SMALL.splitlines() if not key or not line.startswith((f"{key}:", " "))]
    judge(json.dumps(value) if not key else "\n".join([*lines, f"{key}: {json.dumps(value)}"]))
