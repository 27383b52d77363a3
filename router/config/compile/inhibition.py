"""Inhibition rules, each with a name that people can be shown."""

from router.config.compile.matchers import matchers_of, printed
from router.config.document.inhibition import InhibitEntry
from router.core.match.matcher import Matcher
from router.core.model.rules.inhibit import InhibitRule, InhibitRules


def rules_of(entries: tuple[InhibitEntry, ...]) -> InhibitRules:
    """The rules, in their order."""
    return InhibitRules(tuple(_rule(one) for one in entries))


def _rule(entry: InhibitEntry) -> InhibitRule:
    source, target = matchers_of(entry.source_matchers), matchers_of(entry.target_matchers)
    equal = tuple(sorted(entry.equal))
    return InhibitRule(entry.name or _name(source, target, equal), source, target, equal)


def _name(source: tuple[Matcher, ...], target: tuple[Matcher, ...], equal: tuple[str, ...]) -> str:
    """What an unnamed rule says, the same in every version."""
    where = f" with equal {', '.join(equal)}" if equal else ""
    return f"{printed(source)} inhibits {printed(target)}{where}"
