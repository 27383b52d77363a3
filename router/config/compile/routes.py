"""The routing tree, inherited values filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from router.config.compile.intervals import named_by
from router.config.compile.matchers import matchers_of, printed
from router.config.document.routes import Branch, Inheritable, Root
from router.config.pace import check_time
from router.config.values import ALL_LABELS
from router.core.match.matcher import Matcher
from router.core.model.instant import HOUR, MINUTE, SECOND, Span, parse_duration
from router.core.model.rules.interval import TimeInterval
from router.core.model.rules.names import ReceiverName
from router.core.model.rules.route import GroupBy, Route, RoutePath, Timing

DEFAULT_TIMING: Final = Timing(
    group_wait=Span(0),
    group_interval=Span(30 * SECOND),
    repeat_interval=Span(4 * HOUR),
    stale_after=Span(12 * HOUR),
    reopen_within=Span(10 * MINUTE),
    inhibit_grace=Span(5 * SECOND),
)


@dataclass(frozen=True, slots=True)
class _Inherited:
    """What a route inherits from those above it."""

    path: RoutePath
    receiver: ReceiverName
    group_by: tuple[str, ...] | GroupBy
    timing: Timing
    known: Mapping[str, TimeInterval]
    """All time intervals of the tenant; which of them a route names is not inherited."""


def tree_of(root: Root, intervals: Mapping[str, TimeInterval]) -> Route:
    """The tree, with what each route inherits filled in."""
    above = _Inherited((), root.receiver, GroupBy.AS_SENT, DEFAULT_TIMING, intervals)
    return _route(root, (), above)


def _branch(branch: Branch, above: _Inherited) -> Route:
    return _route(branch, matchers_of(branch.matchers), above)


def _route(node: Inheritable, matchers: tuple[Matcher, ...], above: _Inherited) -> Route:
    check_time()
    own = _Inherited(
        path=(*above.path, printed(matchers)),
        receiver=node.receiver or above.receiver,
        group_by=_group_by(node, above),
        timing=_timing(node, above.timing),
        known=above.known,
    )
    return Route(
        matchers=matchers,
        path=own.path,
        receiver=own.receiver,
        group_by=own.group_by,
        timing=own.timing,
        continue_=isinstance(node, Branch) and node.continue_,
        routes=tuple(_branch(child, own) for child in node.routes),
        intervals=named_by(node, above.known),
    )


def _group_by(node: Inheritable, above: _Inherited) -> tuple[str, ...] | GroupBy:
    if node.group_by is None:
        return above.group_by
    return GroupBy.ALL_LABELS if node.group_by == ALL_LABELS else node.group_by


def _timing(node: Inheritable, above: Timing) -> Timing:
    """The route's own intervals; one object with those above where it sets none, since there may be thousands."""
    own = Timing(
        group_wait=_span(node.group_wait, above.group_wait),
        group_interval=_span(node.group_interval, above.group_interval),
        repeat_interval=_span(node.repeat_interval, above.repeat_interval),
        stale_after=_span(node.stale_after, above.stale_after),
        reopen_within=_span(node.reopen_within, above.reopen_within),
        inhibit_grace=_span(node.inhibit_grace, above.inhibit_grace),
    )
    return above if own == above else own


def _span(own: str | None, inherited: Span) -> Span:
    return inherited if own is None else parse_duration(own)
