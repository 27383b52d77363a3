"""What people hand in instead of a tenant's file."""

from pathlib import Path

import pytest

from router.config.read import read_document
from router.errors import ConfigurationError
from tests.config.samples import SMALL
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
