"""Alert groups of alerts as real rules send them (600 bytes each), led to where a worker has them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from bench.bodies import encoded
from router.adapters.locale.catalogue import Catalogue
from router.config.compile.tenant import compile_tenant
from router.config.read import read_document
from router.core import engine
from router.core.decide.notification import Notification
from router.core.decide.policy import CallTimes, Policy, policy_for
from router.core.model.group import AlertGroup
from router.core.model.instant import MINUTE, SECOND, Instant, from_datetime
from router.core.model.observation import Observations, observations
from router.core.model.phase import Queued
from router.core.model.rules.receiver import Style
from router.core.model.rules.tenant import Tenant
from router.core.model.transition import Transition
from router.core.parse.webhook import parse
from router.core.render.request import RenderRequest
from router.core.route.tree import assign
from router.core.slack.answer import Accepted

NOW: Final = from_datetime(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
_SINCE: Final = "2026-11-23T11:{minute:02}:12.345Z"
_DOCUMENT: Final = """\
version: 1
tenant: acme
platform: {{slack: {{token: {{secret: slack}}}}}}
time_zone: Europe/Paris
route: {{receiver: default, group_by: [alertname, service]}}
receivers: [{{name: default, slack: {{channel: "#alerts", template: {style}}}}}]
"""


def a_tenant(style: Style = Style.DEFAULT) -> Tenant:
    """A tenant with one receiver."""
    return compile_tenant(read_document(_DOCUMENT.format(style=style), "acme.yaml"), 1)


def a_body(number: int, alerts: int) -> bytes:
    """The body of the group with this number."""
    return encoded([_alert(number, one) for one in range(alerts)], f"HighLatency{number}")


def _alert(group: int, number: int) -> dict[str, Any]:
    instance = f"10.2.{group % 256}.{number}:9100"
    return {
        "status": "firing",
        "labels": {
            "alertname": f"HighLatency{group}",
            "cluster": "eu-west-1",
            "instance": instance,
            "job": "checkout",
            "namespace": "shop",
            "pod": f"checkout-7d9c{group:04}-x{number}",
            "service": "checkout",
            "severity": "critical",
        },
        "annotations": {
            "summary": f"p99 latency of {instance} above 500 ms",
            "description": f"Requests to {instance} have been slow for 5 minutes. Customers wait.",
            "runbook_url": "https://runbooks.example/HighLatency",
        },
        "startsAt": _SINCE.format(minute=group % 50),
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": f"http://prometheus.example:9090/graph?g0.expr=latency%7Bquantile%3D%220.99%22%7D&i={group}",
        "fingerprint": f"{group * 1000 + number:016x}",
    }


@dataclass(frozen=True, slots=True)
class Life:
    """One group from its body to the message that shows it."""

    tenant: Tenant
    policy: Policy
    seen: Observations
    folded: AlertGroup
    """Its first transition."""
    decided: Notification
    snapshot: AlertGroup
    """As it is claimed and rendered."""
    shown: AlertGroup
    """After its message was sent; with nothing pending."""

    def request(self, catalogue: Catalogue) -> RenderRequest:
        """What is rendered."""
        receiver = self.policy.receiver
        localizer = catalogue.localizer(receiver.locale, self.tenant.time_zone, receiver.layout)
        return RenderRequest(
            self.snapshot, self.decided, receiver, self.tenant, localizer, _later(self.seen.observed)
        )


def lives(count: int, alerts: int, style: Style = Style.DEFAULT) -> Sequence[Life]:
    """So many groups of so many alerts each, no two alike."""
    tenant = a_tenant(style)
    return [_life(tenant, number, alerts) for number in range(count)]


def _life(tenant: Tenant, number: int, alerts: int) -> Life:
    now = Instant(NOW + number * SECOND)
    [part] = assign(tenant, observations(parse(a_body(number, alerts), now), now))
    group = engine.fold(AlertGroup(part.key), part.seen, part.timing, tenant.severity, now).after
    policy, folded, now = policy_for(tenant, group, CallTimes()), group, _later(now)
    while isinstance(decided := engine.advance(group, policy, now), Transition):
        group = decided.after
    assert isinstance(group.phase, Queued)
    claimed, claim = engine.claim(group, decided, f"{number:032x}", policy, now)
    shown = engine.settle(claimed.after, claim, Accepted("C0123456789", "1700000000.000100"), policy, now).after
    return Life(tenant, policy, part.seen, folded, decided, claim.snapshot, replace(shown, rev=4))


def _later(moment: Instant) -> Instant:
    return Instant(moment + MINUTE)
