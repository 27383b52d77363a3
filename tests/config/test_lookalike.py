"""What people hand in instead of a tenant's file, and what is valid there and means something else."""

import json
from pathlib import Path

import pytest

from router.config.lookalike import doubtful
from router.config.read import read_document
from router.errors import ConfigurationError
from tests.config.samples import SMALL, changed
from tests.docs.markdown import anchors

ROUTE = "route: {receiver: team}\n"


@pytest.mark.parametrize(
    "text",
    [
        "global: {resolve_timeout: 5m}\n" + ROUTE + "receivers: [{name: team}]",
        ROUTE + "receivers: [{name: team, slack_configs: [{channel: '#a'}]}]",
        ROUTE + "receivers: [{name: 'null'}, {name: team, webhook_configs: []}]\ntemplates: ['*.tmpl']",
        ROUTE + "inhibit_rules: []\ntime_intervals: []",
    ],
)
def test_an_alertmanager_yml_is_recognized_and_nothing_else_is_reported(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_document(text, "alertmanager.yml")

    [finding] = caught.value.diagnostics
    assert str(finding).startswith("alertmanager.yml:1:1: this looks like an alertmanager.yml")
    assert "`alert-router import`" in finding.message
    page, _, anchor = next(word for word in finding.message.split() if ".md#" in word).partition("#")
    assert anchor in anchors(Path(__file__).parents[2] / page)


@pytest.mark.parametrize("text", [SMALL, "route: {receiver: a}\nreceivers: [{name: a}]", "global: 1", "[]"])
def test_nothing_else_is_taken_for_one(text: str) -> None:
    assert "alertmanager.yml" not in findings_of(text)


def findings_of(text: str) -> str:
    try:
        read_document(text, "a.yaml")
    except ConfigurationError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("matcher", "value"),
    [
        ("severity=critical OR warning", "critical OR warning"),
        ("team =~ db | storage", "db | storage"),
        ('a="b c"', ""),
        ("a=b", ""),
        (" a = b ", ""),
        ('{a="b c", d=e}', ""),
    ],
)
def test_an_unquoted_value_with_blanks_is_doubted(matcher: str, value: str) -> None:
    document = read_document(changed("""['a="b"']""", f"['{matcher}']"), "a.yaml")

    found = list(doubtful(document))

    assert [f"`{value}`" in one.message for one in found] == [True] * bool(value)
    assert [one.path for one in found] == [("route", "routes", 0, "matchers", 0)] * bool(value)


@pytest.mark.parametrize(
    ("matcher", "value"),
    [
        ("severity='critical'", "critical"),
        ("team =~ 'db|storage' ", "db|storage"),
        ("{a=b, c!='d e'}", "d e"),
        ("""a="'b'" """, ""),
        ("a=it's", ""),
        ("""a="x='y'" """, ""),
    ],
)
def test_single_quotes_around_a_value_are_doubted(matcher: str, value: str) -> None:
    document = read_document(changed("""['a="b"']""", json.dumps([matcher])), "a.yaml")

    messages = [one.message for one in doubtful(document)]

    assert [f'write `"{value}"`' in one for one in messages] == [True] * bool(value)


def test_the_matchers_of_inhibition_rules_are_doubted_as_those_of_routes_are() -> None:
    rule = "inhibit_rules: [{source_matchers: [\"a='b'\"], target_matchers: [c=d, 'e=f g']}]\n"

    found = [one.path for one in doubtful(read_document(SMALL + rule, "a.yaml"))]

    assert found == [("inhibit_rules", 0, "source_matchers", 0), ("inhibit_rules", 0, "target_matchers", 1)]
