"""Inhibition rules that hold back what should be shown, or nothing."""

from collections.abc import Iterator, Sequence
from itertools import islice

from router.config.compile.matchers import matchers_of
from router.config.document.tenant import TenantDocument
from router.core.match.logic import all_follow, exclusive
from router.core.match.matcher import Matcher
from router.diagnostic import Diagnostic

_BOTH_SIDES = (
    "every alert of its source is a target too, and of such alerts none holds back another; exclude the source from "
    "target_matchers"
)
_COMPARED = 200
"""Rules that are compared with each other; beyond, only each by itself."""

Sides = tuple[Sequence[Matcher], Sequence[Matcher]]


def doubtful_rules(document: TenantDocument) -> Iterator[Diagnostic]:
    """A rule that overlaps with itself, two that hold back each other's sources, and one without possible alerts."""
    rules = [(matchers_of(one.source_matchers), matchers_of(one.target_matchers)) for one in document.inhibit_rules]
    for index, (source, target) in enumerate(rules):
        where = ("inhibit_rules", index)
        if (pair := exclusive(source, ()) or exclusive(target, ())) is not None:
            one, other = pair
            yield Diagnostic(f"`{one}` and `{other}` exclude each other, so it never holds anything back", where)
        elif target and all_follow(target, source):
            yield Diagnostic(_BOTH_SIDES, where)
        elif (other_rule := _mutual(rules, index)) is not None:
            message = f"it and inhibit_rules[{other_rule}] hold back each other's sources, so that neither is shown"
            yield Diagnostic(f"{message}; remove one of them", where)


def _mutual(rules: Sequence[Sides], index: int) -> int | None:
    """The first rule before this one whose sources it holds back, and that holds back its sources."""
    source, target = rules[index]
    for before, (other_source, other_target) in enumerate(islice(rules, min(index, _COMPARED))):
        if other_target and target and all_follow(other_target, source) and all_follow(target, other_source):
            return before
    return None
