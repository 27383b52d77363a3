"""Inhibition means what Alertmanager documents, whatever the rules and alerts, and costs no more with more."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.fold.fold import fold
from router.core.match.labels import Labels
from router.core.match.matcher import Matcher, Operator, all_match
from router.core.match.reading import NO_PATTERNS, Reading
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState, LastShown, ShownState
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, NEVER, Instant, Span
from router.core.model.muted import Muted, MutedBy
from router.core.model.rules.inhibit import MAX_OF_ONE, InhibitRule, InhibitRules, SourceKey, rule_of
from router.core.mute.inhibition import (
    NO_SOURCES,
    Source,
    Sources,
    changed_sources,
    counts_until,
    inhibited_by,
    inhibits_all,
    keys_wanted,
    source_keys,
    target_keys,
)
from tests.bounds import tries
from tests.core.builders import START, a_group, a_resolve, a_rule, a_tenant, an_alert, at, hours, observed
from tests.cost import times_as_dear
from tests.examples import examples

LATER = at(hours(12))


def sources_of(rules: InhibitRules, firing: Iterable[Labels], until: Instant = LATER) -> Sources:
    """What is stored while these alerts fire."""
    return {
        key: Source(AlertId(str(place)), until)
        for place, labels in enumerate(firing)
        for key in source_keys(rules, Reading(labels))
    }


def is_inhibited(rules: InhibitRules, target: Labels, firing: Iterable[Labels]) -> bool:
    return inhibited_by(rules, Reading(target), sources_of(rules, firing), START) is not None


def by_definition(rules: InhibitRules, target: Labels, firing: Sequence[Labels]) -> bool:
    """Every rule with every firing alert, as the documentation says it."""

    def matches(matchers: tuple[Matcher, ...], labels: Labels) -> bool:
        return all_match(matchers, Reading(labels))

    def is_on_both(rule: InhibitRule, labels: Labels) -> bool:
        return matches(rule.source, labels) and matches(rule.target, labels)

    return any(
        matches(rule.target, target)
        and matches(rule.source, source)
        and all(target.get(name, "") == source.get(name, "") for name in rule.equal)
        and not (is_on_both(rule, target) and is_on_both(rule, source))
        for rule in rules.rules
        for source in firing
    )


NAMES = st.sampled_from(["alertname", "cluster", "severity"])
VALUES = st.sampled_from(["a", "b", "c"])
MATCHERS = st.builds(Matcher, NAMES, st.sampled_from([Operator.EQUAL, Operator.NOT_EQUAL]), VALUES | st.just(""))
MATCHERS |= st.builds(
    Matcher, NAMES, st.sampled_from([Operator.MATCHES, Operator.NOT_MATCHES]), st.sampled_from(["a|b", ".+", ""])
)
SIDES = st.lists(MATCHERS, max_size=2).map(tuple)
RULES = st.builds(
    InhibitRule, st.just("one"), SIDES, SIDES, st.lists(NAMES, max_size=2, unique=True).map(sorted).map(tuple)
)
LABELS = st.dictionaries(NAMES, VALUES)


@examples(300)
@given(st.lists(RULES, max_size=6), st.lists(LABELS, max_size=6))
def test_who_is_inhibited_is_what_comparing_every_rule_with_every_pair_says(
    drawn: list[InhibitRule], firing: list[Labels]
) -> None:
    rules = InhibitRules(tuple(drawn))
    for target in firing:
        assert is_inhibited(rules, target, firing) == by_definition(rules, target, firing)


CLUSTER = a_rule("alertname=ClusterDown", "severity=warning", "cluster", name="cluster-down")
DOWN = {"alertname": "ClusterDown", "cluster": "eu", "severity": "critical"}
SLOW = {"alertname": "Slow", "cluster": "eu", "severity": "warning"}


@pytest.mark.parametrize(
    ("target", "source", "expected"),
    [
        (SLOW, DOWN, True),
        (SLOW, DOWN | {"cluster": "us"}, False),
        ({"alertname": "Slow", "severity": "warning"}, DOWN, False),
        ({"alertname": "Slow", "severity": "warning"}, {"alertname": "ClusterDown"}, True),
        (SLOW | {"severity": "critical"}, DOWN, False),
        (SLOW, SLOW, False),
    ],
    ids=["equal", "another cluster", "one lacks it", "both lack it", "no target", "no source"],
)
def test_a_target_is_inhibited_by_a_source_whose_equal_labels_agree(
    target: Labels, source: Labels, expected: bool
) -> None:
    assert is_inhibited(InhibitRules((CLUSTER,)), target, [source]) is expected


@examples(300)
@given(st.lists(RULES, max_size=6), LABELS, LABELS, st.lists(LABELS, max_size=6))
def test_what_holds_back_all_alerts_of_shared_labels_holds_back_each_of_them(
    rules: list[InhibitRule], shared: Labels, others: Labels, firing: list[Labels]
) -> None:
    known = InhibitRules(tuple(rules))
    sources = sources_of(known, firing)
    if inhibits_all(known, Reading(shared), sources, START) is not None:
        assert inhibited_by(known, Reading({**others, **shared}), sources, START) is not None


def test_labels_that_all_share_are_enough_where_the_rule_asks_for_no_others() -> None:
    known = InhibitRules((CLUSTER,))
    sources = sources_of(known, [DOWN])

    assert inhibits_all(known, Reading(SLOW), sources, START) is not None
    without_cluster = {name: value for name, value in SLOW.items() if name != "cluster"}
    assert inhibits_all(known, Reading(without_cluster), sources, START) is None


def test_what_is_on_both_sides_is_inhibited_by_what_is_on_one_alone() -> None:
    rules = InhibitRules((a_rule("severity=~critical|warning", "severity=warning", "cluster"),))
    other = SLOW | {"alertname": "Late"}

    assert not is_inhibited(rules, SLOW, [SLOW, other])
    assert is_inhibited(rules, SLOW, [SLOW, other, DOWN])


def test_inhibition_is_not_passed_on_and_an_inhibited_alert_inhibits_all_the_same() -> None:
    first = a_rule("alertname=A", "alertname=B", name="first")
    second = a_rule("alertname=B", "alertname=C", name="second")
    rules, names = InhibitRules((first, second)), [{"alertname": name} for name in "ABC"]

    assert [is_inhibited(rules, one, names[:1]) for one in names] == [False, True, False]
    assert [is_inhibited(rules, one, names) for one in names] == [False, True, True]


def test_the_first_rule_that_holds_it_back_is_named_with_the_time_at_which_it_ends_at_the_latest() -> None:
    rules = InhibitRules((CLUSTER, a_rule("alertname=~.*Down", "severity=warning", name="second")))
    inhibiting = sources_of(rules, [DOWN])

    found = inhibited_by(rules, Reading(SLOW), inhibiting, START)

    assert found == Muted(MutedBy.INHIBITED, "cluster-down", LATER)


def test_a_source_that_nobody_reports_any_more_inhibits_until_it_is_stale() -> None:
    rules = InhibitRules((CLUSTER,))
    inhibiting = sources_of(rules, [DOWN])

    assert inhibited_by(rules, Reading(SLOW), inhibiting, Instant(LATER - 1)) is not None
    assert inhibited_by(rules, Reading(SLOW), inhibiting, LATER) is None
    assert inhibited_by(rules, Reading(SLOW), NO_SOURCES, START) is None


def test_a_rule_keeps_its_keys_whatever_its_name_and_place_and_no_other_has_them() -> None:
    named = replace(CLUSTER, name="other")
    others = [a_rule("alertname=ClusterDown", "severity=warning"), a_rule("alertname=ClusterDown", "", "cluster")]

    [key] = source_keys(InhibitRules((*others, named)), Reading(DOWN))[2:]

    assert source_keys(InhibitRules((CLUSTER,)), Reading(DOWN)) == (key,)
    assert rule_of(key) == CLUSTER.rule_id
    assert len({one.rule_id for one in (CLUSTER, *others)}) == 3


TENANT = replace(a_tenant(), inhibit_rules=InhibitRules((CLUSTER,)))
[KEY] = source_keys(TENANT.inhibit_rules, Reading(DOWN))


def changes(
    before: AlertGroup, after: AlertGroup
) -> Mapping[SourceKey, tuple[dict[AlertId, Instant], list[AlertId]]]:
    found = changed_sources(TENANT, before, after)
    return {key: (one.until, one.ended) for key, one in found.items()}


def fired(when: Instant = START, before: AlertGroup | None = None) -> AlertGroup:
    seen = observed(an_alert("S", labels=DOWN), an_alert("T", labels=SLOW), when=when)
    return replace(fold(before or a_group(), seen, when).after, rev=1)


def test_a_source_that_fires_is_stored_until_it_would_be_stale_and_longer_when_it_is_seen_again() -> None:
    group = fired()

    assert changes(a_group(), group) == {KEY: ({"S": at(hours(12))}, [])}
    assert changes(group, fired(at(hours(1)), group)) == {KEY: ({"S": at(hours(13))}, [])}
    assert changes(group, fired(START, group)) == changes(fired(at(1)), fired(at(hours(0.9)), fired(at(1)))) == {}


def test_a_source_that_ends_or_is_given_up_is_a_source_no_longer() -> None:
    group = fired()
    ended = fold(group, observed(replace(a_resolve("S"), labels=DOWN), when=at(hours(1))), at(hours(1))).after

    assert changes(group, ended) == {KEY: ({}, ["S"])}
    for given_up in (ShownState.STALE, ShownState.REROUTED):
        shown = replace(
            group.alerts[AlertId("S")], last_shown=LastShown(given_up, group.alerts[AlertId("S")].registers)
        )
        after = replace(group, alerts={**group.alerts, AlertId("S"): shown})
        assert changes(group, after) == {KEY: ({}, ["S"])}


def test_a_source_that_its_sender_leaves_out_may_be_silenced_there_and_counts_until_it_is_stale() -> None:
    group = fired()
    shown = LastShown(ShownState.UNREPORTED, group.alerts[AlertId("S")].registers)
    after = replace(group, alerts={AlertId("S"): replace(group.alerts[AlertId("S")], last_shown=shown)})
    assert changes(group, after) == {}


def test_all_sources_of_a_group_are_stated_when_it_comes_under_a_newer_configuration() -> None:
    old = fired()
    ended = fold(old, observed(replace(a_resolve("S"), labels=DOWN), when=at(hours(1))), at(hours(1))).after

    assert changes(old, replace(old, config_version=2)) == {KEY: ({"S": at(hours(12))}, [])}
    assert changes(ended, replace(ended, config_version=2)) == {KEY: ({}, ["S"])}


def test_a_tenant_without_rules_stores_no_sources() -> None:
    assert changed_sources(a_tenant(), a_group(), fired()) == {}


def test_a_group_asks_for_the_sources_of_what_fires_in_it_and_for_nothing_else() -> None:
    group = fired()

    assert keys_wanted(TENANT.inhibit_rules, group, NO_PATTERNS) == set(
        target_keys(TENANT.inhibit_rules, Reading(SLOW))
    )
    assert keys_wanted(TENANT.inhibit_rules, a_group(), NO_PATTERNS) == frozenset()


@tries("inhibition rules on each side of which an alert counts")
def test_the_first_rules_of_very_many_count_for_one_alert(beyond: int) -> None:
    rules = InhibitRules(tuple(a_rule("a=b", f"a!=c{number}") for number in range(MAX_OF_ONE + beyond)))
    labels = Reading({"a": "b"})
    counts = MAX_OF_ONE + min(beyond, 0)
    assert (len(list(rules.by_source(labels))), len(list(rules.by_target(labels)))) == (counts, counts)


def test_an_alert_that_never_fired_is_no_source() -> None:
    assert counts_until(AlertState(), Span(HOUR)) == NEVER


def test_what_one_alert_costs_does_not_grow_with_the_rules_or_with_the_alerts_that_fire() -> None:
    """A hundred times as many of both; naively it would take ten thousand times as long."""

    def asked(count: int) -> Callable[[], object]:
        rules = InhibitRules(tuple(a_rule(f"alertname=Down{n}", f"job=j{n}", "cluster") for n in range(count)))
        firing = [{"alertname": f"Down{n % count}", "cluster": f"c{n}"} for n in range(10 * count)]
        inhibiting = sources_of(rules, firing)
        targets = [{"alertname": "Slow", "job": f"j{n % count}", "cluster": f"c{n}"} for n in range(200)]
        assert all(inhibited_by(rules, Reading(one), inhibiting, START) for one in targets[:count])
        return lambda: [inhibited_by(rules, Reading(one), inhibiting, START) for one in targets]

    assert times_as_dear(asked(1_000), asked(10)) < 5
