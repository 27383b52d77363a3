"""Inhibition rules that hold back what should be shown, or nothing at all."""

import pytest

from tests.config.lint.documents import warnings, with_routes


def with_rules(*rules: str) -> list[str]:
    return warnings(with_routes("{matchers: [x=y]}", more=f"inhibit_rules: [{', '.join(rules)}]\n"))


@pytest.mark.parametrize(
    "rule",
    [
        "{source_matchers: [s=critical], target_matchers: [s=~critical|warning]}",
        "{source_matchers: [s=critical, a=b], target_matchers: [s=critical]}",
        "{source_matchers: [s=critical], target_matchers: ['s!=\"\"']}",
    ],
)
def test_a_rule_whose_source_is_a_target_is_named(rule: str) -> None:
    [warning] = with_rules(rule)

    assert "10:17: inhibit_rules[0]: every alert of its source is a target too" in warning


def test_two_rules_that_hold_back_each_others_sources_are_named_once() -> None:
    [warning] = with_rules(
        "{source_matchers: [n=a], target_matchers: [n=b]}", "{source_matchers: [n=b], target_matchers: [n=~a|c]}"
    )

    assert (
        "inhibit_rules[1]: it and inhibit_rules[0] hold back each other's sources, so that neither is shown"
        in warning
    )


def test_a_rule_that_no_alert_fulfils_is_named() -> None:
    [warning] = with_rules("{source_matchers: [s=a, s=b], target_matchers: [t=u]}")

    assert '`s="b"` and `s="a"` exclude each other, so it never holds anything back' in warning


@pytest.mark.parametrize(
    "rules",
    [
        ["{source_matchers: [s=critical], target_matchers: [s=~warning|info], equal: [a]}"],
        ["{source_matchers: [n=InfoInhibitor], target_matchers: [s=info], equal: [a]}"],
        ["{source_matchers: [n=NodeDown], target_matchers: []}"],
        [
            "{source_matchers: [s=critical], target_matchers: [s=warning]}",
            "{source_matchers: [s=warning], target_matchers: [s=info]}",
        ],
    ],
)
def test_usual_rules_are_not_named(rules: list[str]) -> None:
    assert with_rules(*rules) == []
