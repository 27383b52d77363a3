"""Tenants' templates tried on samples before they hold: an incident begins, changes, moves, ends, falls silent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from router.core.decide.notification import Telling
from router.core.match.labels import Labels
from router.core.model.alert import Fingerprint
from router.core.model.group import AlertState, Content, Notification, Op, Reason, Registers, Told, ToldAs
from router.core.model.instant import HOUR, MINUTE, NEVER, SECOND, Instant, Span
from router.core.model.key import GroupKey
from router.core.model.tenant import Receiver, Tenant
from router.core.render.localizer import Wording
from router.core.render.render import render
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
_F, _R = ToldAs.FIRING, ToldAs.RESOLVED

SAMPLES: Final[Mapping[str, tuple[tuple[ToldAs, ...], Labels]]] = {
    "firing": ((_F,), _ANNOTATIONS),
    "partly resolved": ((_F, _R, _R), _ANNOTATIONS),
    "all resolved": ((_R, _R), _ANNOTATIONS),
    "many alerts": ((_F,) * 30, {**_ANNOTATIONS, "summary": _LONG}),
    "without annotations": ((_F, _F), {}),
    "moved": ((ToldAs.MOVED, _F), _ANNOTATIONS),
    "no longer reported": ((ToldAs.STALE,), _ANNOTATIONS),
}
"""By name: what the alerts are told as, and their annotations."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A part that cannot be printed for a sample."""

    part: str
    sample: str
    reason: str


def try_out(receiver: Receiver, tenant: Tenant, wording: Wording) -> list[Failure]:
    """What fails in this wording; each part once."""
    found: dict[str, Failure] = {}
    for name in SAMPLES:

        def note(part: str, _tenant: str, error: Exception, name: str = name) -> None:
            found.setdefault(part, Failure(part, name, str(error)))

        watched = replace(wording, own=replace(wording.own, report=note))
        for _ in sample_messages(name, receiver, tenant, watched):
            pass
    return list(found.values())


def sample_messages(name: str, receiver: Receiver, tenant: Tenant, wording: Wording) -> Iterator[SlackMessage]:
    """The card of a sample, and the reply that says the same."""
    told, annotations = SAMPLES[name]
    alerts = {Fingerprint(str(number)): _alert(number, one, annotations) for number, one in enumerate(told)}
    group = (("alertname", "HighLatency"), ("service", "checkout"))
    loaded = Notification(GroupKey(receiver.name, ("{}",), group), alerts=alerts, firing=told.count(_F))
    shown = {fingerprint: alert.told.told_as for fingerprint, alert in alerts.items()}
    for op in (Op.POST, Op.REPLY_ALOUD):
        telling = replace(Telling(op, Reason.FIRST, shown), mentions=True)
        yield render(loaded, telling, receiver, tenant, wording, _NOW)


def _alert(number: int, told_as: ToldAs, annotations: Labels) -> AlertState:
    labels = {
        "alertname": "HighLatency",
        "service": "checkout",
        "instance": f"api-{number}",
        "severity": ("critical", "warning", "unheard-of")[number % 3],
        "job": _LONG[:80],
    }
    end = _ENDED if told_as is _R else NEVER
    registers = Registers(Instant(_BEGAN + Span(number * MINUTE)), end, _BEGAN if end else _NOW, end)
    content = Content(labels, annotations, "https://prometheus.example/graph?g0.expr=p99", _NOW)
    return AlertState(registers, Told(told_as, registers), content=content)
