"""Tenants' templates tried on samples before they hold: an incident begins, changes, moves, ends, falls silent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from router.core.decide.notification import Notification
from router.core.match.labels import Labels
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertContent, AlertState, LastShown, ShownState
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, NEVER, SECOND, Instant, Span
from router.core.model.key import GroupKey
from router.core.model.muted import Muted, MutedBy, Sight, Upstream
from router.core.model.operation import Op, Reason
from router.core.model.registers import Registers
from router.core.model.rules.receiver import Receiver
from router.core.model.rules.tenant import Tenant
from router.core.render.localizer import Localizer
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage

_BEGAN: Final = Instant(1_795_435_200 * SECOND)
_ENDED: Final = Instant(_BEGAN + 95 * MINUTE)
_NOW: Final = Instant(_BEGAN + 2 * HOUR)
_LONG: Final = "the disk of this machine is nearly full & <growing> *fast* " * 20
_ANNOTATIONS: Final = {
    "summary": "p99 latency above 500 ms",
    "description": _LONG,
    "value": "0.61",
    "runbook_url": "https://runbooks.example/HighLatency",
    "dashboard_url": "https://grafana.example/d/latency",
}
_F, _R = ShownState.FIRING, ShownState.RESOLVED

SAMPLES: Final[Mapping[str, tuple[tuple[ShownState, ...], Labels]]] = {
    "firing": ((_F,), _ANNOTATIONS),
    "partly resolved": ((_F, _R, _R), _ANNOTATIONS),
    "all resolved": ((_R, _R), _ANNOTATIONS),
    "many alerts": ((_F,) * 30, {**_ANNOTATIONS, "summary": _LONG}),
    "without annotations": ((_F, _F), {}),
    "rerouted": ((ShownState.REROUTED, _F), _ANNOTATIONS),
    "not reported": ((ShownState.UNREPORTED, ShownState.MUTED, _F), _ANNOTATIONS),
    "no longer reported": ((ShownState.STALE, ShownState.ENDED), _ANNOTATIONS),
}
"""By name: how the alerts are shown, and their annotations."""


@dataclass(frozen=True, slots=True)
class TemplateFailure:
    """A part that cannot be printed for a sample."""

    part: str
    sample: str
    reason: str


def template_failures(receiver: Receiver, tenant: Tenant, localizer: Localizer) -> list[TemplateFailure]:
    """The parts that fail on a sample with this localizer; each part once."""
    found: dict[str, TemplateFailure] = {}
    for name in SAMPLES:

        def note(part: str, _tenant: str, error: Exception, name: str = name) -> None:
            found.setdefault(part, TemplateFailure(part, name, str(error)))

        watched = replace(localizer, custom=replace(localizer.custom, report=note))
        for _ in sample_messages(name, receiver, tenant, watched):
            pass
    return list(found.values())


def sample_messages(name: str, receiver: Receiver, tenant: Tenant, localizer: Localizer) -> Iterator[SlackMessage]:
    """The card of a sample, and the reply that says the same."""
    states, annotations = SAMPLES[name]
    alerts = {AlertId(str(number)): _alert(number, one, annotations) for number, one in enumerate(states)}
    group = (("alertname", "HighLatency"), ("service", "checkout"))
    loaded = AlertGroup(GroupKey(receiver.name, ("{}",), group), alerts=alerts, firing=states.count(_F))
    shown = {alert_id: alert.last_shown.state for alert_id, alert in alerts.items()}
    for op in (Op.POST, Op.REPLY_BROADCAST):
        notification = replace(Notification(op, Reason.FIRST, shown), mentions=True)
        yield render(RenderRequest(loaded, notification, receiver, tenant, localizer, _NOW))


def _alert(number: int, shown_as: ShownState, annotations: Labels) -> AlertState:
    labels = {
        "alertname": "HighLatency",
        "service": "checkout",
        "instance": f"api-{number}",
        "severity": ("critical", "warning", "unheard-of")[number % 3],
        "job": _LONG[:80],
    }
    end = _ENDED if shown_as is _R else NEVER
    registers = Registers(Instant(_BEGAN + Span(number * MINUTE)), end, _BEGAN if end else _NOW, end)
    content = AlertContent(labels, annotations, "https://prometheus.example/graph?g0.expr=p99", _NOW)
    silenced = Muted(MutedBy.SILENCED, "0a", _NOW, "ana & co", _LONG) if shown_as is ShownState.MUTED else None
    upstream = Upstream(Sight.MUTED, _BEGAN, _NOW, silenced) if silenced else None
    return AlertState(registers, LastShown(shown_as, registers), content=content, upstream=upstream)
