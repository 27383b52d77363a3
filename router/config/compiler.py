"""Compile a document into the rules that the core works with: inherited values filled in, texts parsed."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from router.config import stored
from router.config.appearance import EmojiRule, TemplateEntry
from router.config.document import (
    Branch,
    InboundLimit,
    Inheritable,
    Limits,
    NotificationLimit,
    ReceiverEntry,
    RedactRule,
    RequestLimit,
    Root,
    SeverityRule,
    TenantDocument,
)
from router.config.heartbeats import HeartbeatEntry
from router.config.pace import MAX_CPU_S, check_time, limited
from router.config.severities import names_of
from router.config.values import ALL_LABELS, Matchers, parse_period
from router.core.budget.flow import parse_flow, parse_kibibytes
from router.core.match.matcher import Matcher, in_order
from router.core.model.alert_state import ShownState
from router.core.model.instant import HOUR, MINUTE, SECOND, Span, parse_duration
from router.core.model.rules.appearance import Emoji, Redaction, ShownLabels
from router.core.model.rules.heartbeat import Heartbeat
from router.core.model.rules.limits import Caps, InboundRates, Rate, SenderLimits
from router.core.model.rules.names import ReceiverName
from router.core.model.rules.receiver import Layout, Receiver, Style
from router.core.model.rules.route import GroupBy, Route, RoutePath, Timing
from router.core.model.rules.severity import Severity
from router.core.model.rules.tenant import Tenant

DEFAULT_TIMING: Final = Timing(
    group_wait=Span(0),
    group_interval=Span(30 * SECOND),
    repeat_interval=Span(4 * HOUR),
    stale_after=Span(12 * HOUR),
    reopen_within=Span(10 * MINUTE),
)


_STATES: Final = {
    "firing": ShownState.FIRING,
    "rerouted": ShownState.REROUTED,
    "stale": ShownState.STALE,
    "resolved": ShownState.RESOLVED,
}


@dataclass(frozen=True, slots=True)
class _Inherited:
    """What a route inherits from those above it."""

    path: RoutePath
    receiver: ReceiverName
    group_by: tuple[str, ...] | GroupBy
    timing: Timing


def load_tenant(text: str, version: int) -> Tenant:
    """The rules of a stored document; for a thread, since the largest one takes half a second.

    Raises:
        ConfigurationError: it cannot be read, is beyond what a document may hold, or takes too long.
    """
    with limited(MAX_CPU_S):
        return compile_tenant(stored.load(text).document, version)


def load_sender_limits(text: str, version: int) -> SenderLimits:
    """What a gateway knows of a stored document; the rest of it is neither validated nor compiled.

    Raises:
        ConfigurationError: it has another schema version, or no such part.
    """
    return SenderLimits(version, _inbound(stored.load_limits(text)))


def compile_tenant(document: TenantDocument, version: int) -> Tenant:
    """The rules of a valid document, as the given version of its tenant's configuration."""
    limits, looks = document.platform.limits, layouts(document)
    return Tenant(
        tenant_id=document.tenant,
        version=version,
        token=document.platform.slack.token.secret,
        notifications=_rate(limits.notifications),
        inbound=_inbound(limits),
        caps=Caps(limits.active_alerts, limits.active_groups, parse_kibibytes(limits.stored_bytes) << 10),
        locale=document.locale,
        time_zone=document.time_zone,
        severity=_severity(document.severity),
        route=_root(document.route),
        receivers=MappingProxyType({one.name: _receiver(one, document, looks) for one in document.receivers}),
        fallback=document.fallback,
        redaction=_redaction(document.redact),
        emoji=_emoji(document.emoji),
        ignored_labels=frozenset(document.ignore_labels),
        heartbeats=tuple(_heartbeat(one) for one in document.heartbeats),
        shown_labels=ShownLabels(frozenset(document.hide_labels), frozenset(document.show_labels)),
    )


def _severity(rule: SeverityRule) -> Severity:
    named = [names_of(entry) for entry in rule.order]
    aliases = {alias: name for name, *others in named for alias in others}
    return Severity(rule.label, tuple(name for name, *_ in named), tuple(aliases.items()))


def _rate(limit: NotificationLimit | InboundLimit | RequestLimit) -> Rate:
    return Rate(parse_period(limit.rate), limit.burst)


def _inbound(limits: Limits) -> InboundRates:
    return InboundRates(
        requests=_rate(limits.requests or limits.inbound),
        kibibytes=Rate(parse_flow(limits.bytes_.rate), parse_kibibytes(limits.bytes_.burst)),
        alerts=_rate(limits.inbound),
    )


def _redaction(rule: RedactRule) -> Redaction:
    return Redaction(frozenset(rule.labels), frozenset(rule.annotations), rule.patterns)


def _emoji(rule: EmojiRule) -> Emoji:
    return Emoji(tuple(rule.severity.items()), tuple((_STATES[name], text) for name, text in rule.state.items()))


def layouts(document: TenantDocument) -> Mapping[str, Layout]:
    """How messages may look: the built-in styles, and the tenant's own templates."""
    built_in = {style.value: Layout(style) for style in Style}
    return {**built_in, **{entry.name: _layout(entry) for entry in document.templates}}


def _layout(entry: TemplateEntry) -> Layout:
    return Layout(entry.base, tuple(sorted(entry.parts.model_dump(exclude_none=True).items())))


def _receiver(entry: ReceiverEntry, document: TenantDocument, looks: Mapping[str, Layout]) -> Receiver:
    slack = entry.slack
    return Receiver(
        name=entry.name,
        channel=slack.channel,
        mention=slack.mention,
        locale=slack.locale or document.locale,
        send_resolved=slack.send_resolved,
        on_change=slack.on_change,
        layout=looks[slack.template],
        links=slack.links,
        digest_above=(slack.digest or document.digest).threshold,
    )


def _heartbeat(entry: HeartbeatEntry) -> Heartbeat:
    matchers = _matchers(entry.matchers)
    return Heartbeat(_printed(matchers), matchers, parse_duration(entry.every), entry.receiver)


def _matchers(texts: tuple[Matchers, ...]) -> tuple[Matcher, ...]:
    return in_order(tuple(one for text in texts for one in text.parsed))


def _root(root: Root) -> Route:
    above = _Inherited((), root.receiver, GroupBy.AS_SENT, DEFAULT_TIMING)
    return _route(root, (), above)


def _branch(branch: Branch, above: _Inherited) -> Route:
    return _route(branch, _matchers(branch.matchers), above)


def _route(node: Inheritable, matchers: tuple[Matcher, ...], above: _Inherited) -> Route:
    check_time()
    own = _Inherited(
        path=(*above.path, _printed(matchers)),
        receiver=node.receiver or above.receiver,
        group_by=_group_by(node, above),
        timing=_timing(node, above.timing),
    )
    return Route(
        matchers=matchers,
        path=own.path,
        receiver=own.receiver,
        group_by=own.group_by,
        timing=own.timing,
        continue_=isinstance(node, Branch) and node.continue_,
        routes=tuple(_branch(child, own) for child in node.routes),
    )


def _printed(matchers: tuple[Matcher, ...]) -> str:
    """The matchers as one level of Alertmanager's groupKey."""
    return "{" + ",".join(map(str, matchers)) + "}"


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
    )
    return above if own == above else own


def _span(own: str | None, inherited: Span) -> Span:
    return inherited if own is None else parse_duration(own)
