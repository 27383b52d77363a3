"""Inhibition: which alerts of a group are sources for others, and which rule holds an alert back.

Alertmanager's documented meaning (inhibit/inhibit.go): a source counts as long as it fires, also where it is silenced
or inhibited itself, or makes no message. Nobody compares alerts with each other: a source is stored under a key of
its rule and its equal values, under which a target finds it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from router.core.match.reading import PatternSizes, Reading
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState, ShownState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, SECOND, Instant, Span
from router.core.model.muted import Muted, MutedBy
from router.core.model.rules.inhibit import InhibitRules, SourceKey
from router.core.model.rules.tenant import Tenant

_STEPS: Final = 12
_ENDED: Final = frozenset({ShownState.STALE, ShownState.REROUTED})


@dataclass(frozen=True, slots=True)
class Source:
    """An alert that inhibits: until then it counts as firing, if nobody reports it any more."""

    alert_id: AlertId
    until: Instant


Sources = Mapping[SourceKey, Source]
"""By key the source that counts for longest; only those that were asked for."""

NO_SOURCES: Final[Sources] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SourceChange:
    """What a transition changes of the sources under one key: alerts that count until then, and those that do not."""

    until: dict[AlertId, Instant] = field(default_factory=dict)
    ended: list[AlertId] = field(default_factory=list)


SourceChanges = Mapping[SourceKey, SourceChange]


def source_keys(rules: InhibitRules, labels: Reading) -> tuple[SourceKey, ...]:
    """The keys under which an alert is a source while it fires."""
    return tuple(dict.fromkeys(rule.key_of_source(labels) for rule in rules.by_source(labels)))


def target_keys(rules: InhibitRules, labels: Reading) -> tuple[SourceKey, ...]:
    """The keys of the sources that inhibit an alert."""
    return tuple(dict.fromkeys(key for rule in rules.by_target(labels) for key in rule.keys_of_target(labels)))


def inhibited_by(rules: InhibitRules, labels: Reading, sources: Sources, now: Instant) -> Muted | None:
    """The first rule that holds an alert back, and until when at the latest unless its sources are reported again."""
    if not rules or not sources:
        return None
    for rule in rules.by_target(labels):
        found = [sources[key].until for key in rule.keys_of_target(labels) if key in sources]
        if found and max(found) > now:
            return Muted(MutedBy.INHIBITED, rule.name, max(found))
    return None


def inhibits_all(rules: InhibitRules, shared: Reading, sources: Sources, now: Instant) -> Muted | None:
    """The first rule that holds back every alert with these labels, whatever others it has, while a source fires.

    Sources that are targets of their rule as well do not count: what they hold back depends on all labels.
    """
    if not rules or not sources:
        return None
    for rule in rules.by_target(shared):
        names = (*(matcher.name for matcher in rule.target), *rule.equal)
        source = sources.get(rule.keys_of_target(shared)[0])
        if source is not None and source.until > now and all(name in shared.labels for name in names):
            return Muted(MutedBy.INHIBITED, rule.name, source.until)
    return None


def keys_wanted(rules: InhibitRules, group: AlertGroup, sizes: PatternSizes) -> frozenset[SourceKey]:
    """The keys on which it depends what is held back of a group, which must be loaded whole."""
    known = (one.content.labels for one in group.alerts.values() if one.content and _may_be_shown(one))
    return frozenset(key for labels in known for key in target_keys(rules, Reading(labels, sizes)))


def _may_be_shown(alert: AlertState) -> bool:
    """Whether a notification could be about it: news, a repeat or a reply."""
    return alert.shown_firing or alert.pending or alert.unreplied is not ShownState.NOTHING


def unstated(group: AlertGroup) -> AlertGroup:
    """The group as the state before a transition that states all of its sources once more."""
    return replace(group, config_version=0)


def changed_sources(tenant: Tenant, before: AlertGroup, after: AlertGroup) -> SourceChanges:
    """What a transition changes of the sources that the loaded alerts of a group are.

    Where it is the first under a newer configuration, that of all loaded alerts is stated, by the new rules.
    """
    rules = tenant.inhibit_rules
    if not rules:
        return {}
    stale_after = tenant.timing(after.key.receiver, after.key.path).stale_after
    is_restated = before.config_version < after.config_version and before.rev > 0
    changes: dict[SourceKey, SourceChange] = {}
    for alert_id, old, new in _touched(before, after, is_restated=is_restated):
        was, counts = counts_until(old, stale_after), counts_until(new, stale_after)
        content = new.content or old.content
        if content is None or (was == counts and not is_restated):
            continue
        for key in source_keys(rules, Reading(content.labels, tenant.pattern_sizes)):
            change = changes.setdefault(key, SourceChange())
            if counts == NEVER:
                change.ended.append(alert_id)
            else:
                change.until[alert_id] = counts
    return changes


def _touched(
    before: AlertGroup, after: AlertGroup, *, is_restated: bool
) -> Iterator[tuple[AlertId, AlertState, AlertState]]:
    nothing = AlertState()
    for alert_id in {**before.alerts, **after.alerts}:
        old, new = before.alerts.get(alert_id, nothing), after.alerts.get(alert_id, nothing)
        if is_restated or old is not new:
            yield alert_id, old, new


def counts_until(alert: AlertState, stale_after: Span) -> Instant:
    """Until when an alert counts as firing for those that it inhibits; NEVER where it does not.

    What is silenced upstream is left out of newer bodies and fires all the same, so only time ends that. The time is
    rounded up, so that not every observation changes it; that it is stale is stated when it is.
    """
    if not alert.firing or (alert.last_shown.state in _ENDED and not alert.pending):
        return NEVER
    step = max(SECOND, stale_after // _STEPS)
    return Instant(-(-(alert.registers.seen_firing + stale_after) // step) * step)
