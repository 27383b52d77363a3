"""Compile a document into the rules that the core works with: inherited values filled in, texts parsed."""

from types import MappingProxyType
from typing import Final

from router.config import stored
from router.config.compile.context import context_of, prometheus_of
from router.config.compile.inhibition import rules_of
from router.config.compile.intervals import intervals_of
from router.config.compile.limits import inbound_of, rate_of
from router.config.compile.matchers import matchers_of, printed
from router.config.compile.metrics import metrics_of
from router.config.compile.receivers import layouts, receiver_of
from router.config.compile.routes import tree_of
from router.config.document.appearance import EmojiRule
from router.config.document.flapping import FlappingRule
from router.config.document.heartbeats import HeartbeatEntry
from router.config.document.personal import PersonalRule
from router.config.document.platform import AlertmanagerSource
from router.config.document.severities import names_of
from router.config.document.tenant import RedactRule, SeverityRule, TenantDocument
from router.config.pace import MAX_CPU_S, limited
from router.core.budget.flow import parse_kibibytes
from router.core.model.alert_state import ShownState
from router.core.model.instant import parse_duration
from router.core.model.rules.appearance import Emoji, PersonalFields, Redaction, ShownLabels
from router.core.model.rules.context import AlertmanagerAccess
from router.core.model.rules.flapping import Flapping
from router.core.model.rules.heartbeat import Heartbeat
from router.core.model.rules.limits import Caps, Keys, SenderLimits
from router.core.model.rules.severity import Severity
from router.core.model.rules.tenant import Tenant

_STATES: Final = {
    "firing": ShownState.FIRING,
    "unreported": ShownState.UNREPORTED,
    "muted": ShownState.MUTED,
    "rerouted": ShownState.REROUTED,
    "stale": ShownState.STALE,
    "ended": ShownState.ENDED,
    "resolved": ShownState.RESOLVED,
}


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
    one = stored.load_sender(text)
    limits, certificates = inbound_of(one.platform.limits), frozenset(one.platform.certificates)
    return SenderLimits(version, limits, certificates, metrics_of(one.metrics))


def compile_tenant(document: TenantDocument, version: int) -> Tenant:
    """The rules of a valid document, as the given version of its tenant's configuration."""
    limits, looks = document.platform.limits, layouts(document)
    return Tenant(
        tenant_id=document.tenant,
        version=version,
        token=document.platform.slack.token.secret,
        notifications=rate_of(limits.notifications),
        inbound=inbound_of(limits),
        certificates=frozenset(document.platform.certificates),
        keys=Keys(document.platform.keys or Keys.SHARED),
        caps=Caps(limits.active_alerts, limits.active_groups, parse_kibibytes(limits.stored_bytes) << 10),
        locale=document.locale,
        time_zone=document.time_zone,
        severity=_severity(document.severity),
        route=tree_of(document.route, intervals_of(document.time_intervals)),
        receivers=MappingProxyType({one.name: receiver_of(one, document, looks) for one in document.receivers}),
        fallback=document.fallback,
        redaction=_redaction(document.redact),
        personal=_personal(document.personal),
        emoji=_emoji(document.emoji),
        ignored_labels=frozenset(document.ignore_labels),
        flapping=_flapping(document.flapping),
        heartbeats=tuple(_heartbeat(one) for one in document.heartbeats),
        alertmanager=_alertmanager(document.platform.alertmanager),
        prometheus=prometheus_of(document.platform.prometheus),
        context=context_of(document.context),
        inhibit_rules=rules_of(document.inhibit_rules),
        metrics=metrics_of(document.metrics),
        shown_labels=ShownLabels(frozenset(document.hide_labels), frozenset(document.show_labels)),
    )


def _severity(rule: SeverityRule) -> Severity:
    named = [names_of(entry) for entry in rule.order]
    aliases = {alias: name for name, *others in named for alias in others}
    return Severity(rule.label, tuple(name for name, *_ in named), tuple(aliases.items()))


def _redaction(rule: RedactRule) -> Redaction:
    return Redaction(frozenset(rule.labels), frozenset(rule.annotations), rule.patterns)


def _personal(rule: PersonalRule) -> PersonalFields:
    return PersonalFields(frozenset(rule.labels), frozenset(rule.annotations))


def _alertmanager(rule: AlertmanagerSource | None) -> AlertmanagerAccess | None:
    if rule is None:
        return None
    return AlertmanagerAccess(rule.url.rstrip("/"), rule.token.secret if rule.token else None)


def _emoji(rule: EmojiRule) -> Emoji:
    return Emoji(tuple(rule.severity.items()), tuple((_STATES[name], text) for name, text in rule.state.items()))


def _heartbeat(entry: HeartbeatEntry) -> Heartbeat:
    matchers = matchers_of(entry.matchers)
    return Heartbeat(printed(matchers), matchers, parse_duration(entry.every), entry.receiver)


def _flapping(rule: FlappingRule) -> Flapping:
    return Flapping(rule.reopenings, parse_duration(rule.window), parse_duration(rule.quiet))
