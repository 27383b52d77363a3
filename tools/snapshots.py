"""One incident in every style and language, as it is read: the files in `tests/core/snapshots`, which people review.

Beside each stands what Slack gets of the same, a message a line, as it can be asked about with `blocks.validate`.
`make snapshots` writes all of them again, to accept a change on purpose.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Final

from router.adapters.locale.catalogue import Catalogue
from router.config.compile.tenant import compile_tenant
from router.config.read import read_document
from router.core import engine
from router.core.context.chart import MAX_POINTS, Chart, Line, Side, Threshold, Unit
from router.core.context.context import NO_CONTEXT, Context
from router.core.context.episodes import Episode
from router.core.context.related import Related, RelatedGroup
from router.core.decide.notification import Notification
from router.core.decide.policy import CallTimes, Policy
from router.core.match.labels import Labels
from router.core.model.alert import Alert, AlertId, Status
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import HOUR, MINUTE, NEVER, Instant, from_datetime
from router.core.model.observation import Observations
from router.core.model.operation import Op
from router.core.model.phase import Idle, Queued
from router.core.model.rules.names import LANGUAGES, ReceiverName
from router.core.model.rules.receiver import Style
from router.core.model.rules.tenant import Tenant
from router.core.model.transition import Transition
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.route.tree import assign
from router.core.slack.answer import Accepted
from router.core.slack.new_block import NEW_BLOCKS
from tools.readable import readable

SNAPSHOTS: Final = Path(__file__).parents[1] / "tests" / "core" / "snapshots"
CASES: Final = list(product(Style, LANGUAGES))
START: Final = from_datetime(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))

_ZONES: Final = {
    "en": "Europe/London",
    "fr": "Europe/Paris",
    "de": "Europe/Berlin",
    "es": "Europe/Madrid",
    "it": "Europe/Rome",
}
_DOCUMENT: Final = """\
version: 1
tenant: acme
platform: {{slack: {{token: {{secret: slack}}}}}}
locale: {locale}
time_zone: {zone}
route:
  receiver: default
  group_by: [alertname, service]
  routes: [{{matchers: ['service=~"checkout|cart"'], receiver: oncall}}]
receivers:
  - {{name: default, slack: {{channel: "#alerts"}}}}
  - {{name: oncall, slack: {{channel: "#oncall", template: {style}, mention: ["<!subteam^S012>"]}}}}
"""
_CRITICAL: Final = "critical"
_WITH_MORE: Final = "new alert"
_WARNING: Final = "warning"
_DAY: Final = 24 * HOUR


def snapshot(style: Style, locale: str) -> Path:
    """Where one reading of the incident is kept."""
    return SNAPSHOTS / f"{style}-{locale}.txt"


def exact(style: Style, locale: str) -> Path:
    """Where the arguments of its messages are kept."""
    return SNAPSHOTS / f"{style}-{locale}.jsonl"


def read(catalogue: Catalogue, style: Style, locale: str) -> tuple[str, str]:
    """The incident from its first message to its last, and in words alone: as it is read, and as Slack gets it."""
    incident = Incident(catalogue, style, locale)
    incident.happen()
    others = Incident(catalogue, style, locale)
    others.mostly_resolve()
    incident.pages += others.pages[-1:]
    incident.arguments += others.arguments[-1:]
    return "\n\n".join(incident.pages) + "\n", "".join(f"{line}\n" for line in incident.arguments)


class Incident:
    """One stored group led through its life; every call is rendered as it was decided, and kept."""

    def __init__(self, catalogue: Catalogue, style: Style, locale: str) -> None:
        self._tenant = _tenant(style, locale)
        self._receiver = self._tenant.receivers[ReceiverName("oncall")]
        self._localizer = catalogue.localizer(locale, self._tenant.time_zone, self._receiver.layout)
        self._now = START
        [assignment] = assign(self._tenant, Observations((self._fires(1),), START, "g"))
        self._policy = Policy(self._receiver, assignment.timing, self._tenant.severity, CallTimes())
        self._state = AlertGroup(assignment.key)
        self._calls = 0
        self.pages: list[str] = []
        self.arguments: list[str] = []

    def happen(self) -> None:
        """From the first alert until all of them belong elsewhere."""
        one, two, three = self._fires(1, _CRITICAL), self._fires(2), self._fires(3)
        self._see("first", one, two, three)
        self._wait(20 * MINUTE)
        four = self._fires(4, _CRITICAL)
        self._see("new alert", one, two, three, four)
        self._wait(5 * HOUR)
        self._see("repeat", one, two, three, four)
        self._wait(MINUTE)
        self._see("some resolved", self._ends(1, _CRITICAL), self._ends(2), three, four)
        self._wait(MINUTE)
        self._see("all resolved", self._ends(3), self._ends(4, _CRITICAL))
        self._wait(2 * MINUTE)
        two = self._fires(2, _CRITICAL)
        self._see("reopened", two)
        self._be_left_out(two)
        self._fall_silent_and_come_back()
        self._wait(MINUTE)
        self._state = engine.leave(self._state, frozenset({AlertId("2"), AlertId("3")}), self._now).after
        self._send("rerouted")

    def mostly_resolve(self) -> None:
        """Of six alerts five are resolved."""
        self._see("six", *map(self._fires, range(1, 7)))
        self._wait(20 * MINUTE)
        self._fold(*map(self._ends, range(1, 6)), self._fires(6))
        self._look()
        decided = engine.advance(self._state, self._policy, self._now)
        if isinstance(decided, Notification):
            self._call("mostly resolved", decided, plain=False)

    def _be_left_out(self, two: Alert) -> None:
        """Its sender reports another alert alone for more than five minutes, then both."""
        self._wait(MINUTE)
        self._see("another one", self._fires(1))
        self._wait(6 * MINUTE)
        self._look()
        self._send("not reported")
        self._wait(MINUTE)
        self._see("all reported", two, self._ends(1))

    def _fall_silent_and_come_back(self) -> None:
        self._wait(13 * HOUR)
        self._look()
        self._send("no longer reported")
        self._wait(3 * MINUTE)
        self._fold(self._fires(2, _CRITICAL), self._fires(3))
        self._send("reported again", plain=True)

    def _wait(self, span: int) -> None:
        self._now = Instant(self._now + span)

    def _fires(self, number: int, severity: str = _WARNING) -> Alert:
        return _alert(number, severity, Status.FIRING, self._now)

    def _ends(self, number: int, severity: str = _WARNING) -> Alert:
        return _alert(number, severity, Status.RESOLVED, self._now)

    def _see(self, what: str, *alerts: Alert) -> None:
        """Fold one body, and make every call that is due then."""
        self._fold(*alerts)
        if isinstance(self._state.phase, Idle):
            self._look()
        self._send(what)

    def _fold(self, *alerts: Alert) -> None:
        seen, policy = Observations(alerts, self._now, "g"), self._policy
        self._state = engine.fold(self._state, seen, policy.timing, policy.severity, self._now).after

    def _look(self) -> None:
        """Go to the time at which the group is due, unless that has passed, and look."""
        self._now = max(self._now, self._state.phase.due)
        looked_at = engine.advance(self._state, self._policy, self._now)
        self._state = looked_at.after if isinstance(looked_at, Transition) else self._state

    def _send(self, what: str, *, plain: bool = False) -> None:
        """Make and keep every call that is due now; where asked to, also in words alone."""
        while not isinstance(self._state.phase, Idle):
            if not isinstance(self._state.phase, Queued):
                self._look()
                continue
            decided = engine.advance(self._state, self._policy, self._now)
            if isinstance(decided, Notification):
                self._call(what, decided, plain=plain)
            else:
                self._state = decided.after

    def _call(self, what: str, decided: Notification, *, plain: bool) -> None:
        self._calls += 1
        claimed, made = engine.claim(self._state, decided, f"d{self._calls}", self._policy, self._now)
        self._keep(f"{what}: {decided.op}", made.snapshot, decided)
        if what == _WITH_MORE and decided.op is Op.EDIT:
            more = f"{what}: {decided.op}, with chart, related alerts and history"
            self._keep(more, made.snapshot, decided, _beside(self._now))
        if plain:
            self._keep(f"{what}: {decided.op}, plain", replace(made.snapshot, use_plain_text=True), decided)
        shown = made.snapshot.posted
        ts = shown.ts if shown is not None and decided.op is Op.EDIT else f"{self._calls}.0"
        self._state = engine.settle(claimed.after, made, Accepted("C1", ts), self._policy, self._now).after

    def _keep(self, title: str, loaded: AlertGroup, decided: Notification, beside: Context = NO_CONTEXT) -> None:
        request = RenderRequest(loaded, decided, self._receiver, self._tenant, self._localizer, self._now, beside)
        message = render(replace(request, takes=NEW_BLOCKS))
        self.pages.append(f"#### {title}\n{readable(message)}")
        self.arguments.append(json.dumps(message.arguments(), ensure_ascii=False, separators=(",", ":")))


def _beside(now: Instant) -> Context:
    """A latency that rises above its limit, a failing payment, and two earlier times."""
    times = tuple(Instant(now - 3 * MINUTE * back) for back in reversed(range(MAX_POINTS)))
    rising = tuple(0.2 + 0.01 * (place % 3) + max(place - 9, 0) * 0.042 for place in range(MAX_POINTS))
    chart = Chart(times, (Line({"service": "checkout"}, rising),), Threshold(0.5, Side.ABOVE), Unit.SECONDS)
    others = Related("service", "checkout", (RelatedGroup("PaymentsFailing", 2, MessageRef("C2", "7.0")),), more=1)
    before = [Episode(Instant(now - days * _DAY - 40 * MINUTE), Instant(now - days * _DAY)) for days in (1, 3)]
    return Context(chart, (others,), tuple(before), "https://acme.slack.com/")


def _tenant(style: Style, locale: str) -> Tenant:
    document = _DOCUMENT.format(style=style, locale=locale, zone=_ZONES[locale])
    return compile_tenant(read_document(document, "acme.yaml"), 1)


def _alert(number: int, severity: str, status: Status, now: Instant) -> Alert:
    instance = f"api-{number}"
    labels = {
        "alertname": "HighLatency",
        "service": "checkout",
        "instance": instance,
        "namespace": "shop",
        "node": f"node-{number}",
        "pod": f"checkout-{number}",
        "severity": severity,
        "zone": f"eu-west-1{'abcdef'[number - 1]}",
    }
    return Alert(
        alert_id=AlertId(str(number)),
        status=status,
        labels=labels,
        annotations=_annotations(instance),
        starts_at=now,
        ends_at=NEVER if status is Status.FIRING else now,
        generator_url=f"https://prometheus.example/graph?expr=p99&i={instance}",
        links={"alertmanager": "https://alertmanager.example"},
    )


def _annotations(instance: str) -> Labels:
    """Those of a careful rule."""
    return {
        "summary": f"p99 latency of {instance} above 500 ms",
        "summary_fr": f"latence p99 de {instance} supérieure à 500 ms",
        "description": f"Requests to {instance} have been slow for 5 minutes. Customers wait at the payment step.",
        "description_fr": f"Les requêtes vers {instance} sont lentes depuis 5 minutes. Le paiement attend.",
        "impact": "Payments time out.",
        "value": "0.61",
        "runbook_url": "https://runbooks.example/HighLatency",
        "dashboard_url": "https://grafana.example/d/checkout",
        "panel_url": f"https://grafana.example/d/checkout?viewPanel=7&var-instance={instance}",
    }


def write() -> None:
    """Write all files."""
    catalogue = Catalogue.load()
    for style, locale in CASES:
        words, arguments = read(catalogue, style, locale)
        snapshot(style, locale).write_text(words, encoding="utf-8")
        exact(style, locale).write_text(arguments, encoding="utf-8")


if __name__ == "__main__":
    write()
