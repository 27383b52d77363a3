"""One incident in every style and language, as it is read; the files in `snapshots` are looked at by people.

Run as a program it writes them anew, to accept a change on purpose: python -m tests.core.incident
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

from router.adapters.locale.catalogue import LOCALES, Catalogue
from router.core.decide.notification import Notification
from router.core.engine import leave
from router.core.match.labels import Labels
from router.core.model.alert import Alert, Status
from router.core.model.group import AlertGroup
from router.core.model.phase import Idle, Queued
from router.core.model.tenant import Layout, Style
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage
from tests.core.builders import Story, a_group, a_key, a_policy, a_receiver, a_tenant, an_alert, hours, minutes

SNAPSHOTS = Path(__file__).parent / "snapshots"
CASES = [(style, locale) for style, locale in product(Style, LOCALES)]
ZONES = {
    "en": "Europe/London",
    "fr": "Europe/Paris",
    "de": "Europe/Berlin",
    "es": "Europe/Madrid",
    "it": "Europe/Rome",
}
KEY = replace(a_key("oncall", alertname="HighLatency", service="checkout"), path=("{}", '{service=~"checkout|cart"}'))
TENANT = a_tenant()
CRITICAL, WARNING = "critical", "warning"


def snapshot(style: Style, locale: str) -> Path:
    """Where one reading of the incident is kept."""
    return SNAPSHOTS / f"{style}-{locale}.txt"


def read(catalogue: Catalogue, style: Style, locale: str) -> str:
    """The incident from its first message to its last, then in words alone."""
    incident = Incident(catalogue, style, locale)
    incident.happen()
    return "\n\n".join(incident.pages) + "\n"


class Incident:
    """A notification led through its life; every call is rendered as it was decided, and kept."""

    def __init__(self, catalogue: Catalogue, style: Style, locale: str) -> None:
        receiver = a_receiver("oncall", mention=("<!subteam^S012>",))
        self.receiver = replace(receiver, layout=Layout(style))
        self.localizer = catalogue.localizer(locale, ZONES[locale], self.receiver.layout)
        self.story = Story(a_policy(self.receiver), state=replace(a_group(), key=KEY))
        self.pages: list[str] = []

    def happen(self) -> None:
        story = self.story
        one, two, three = self.fires(1, CRITICAL), self.fires(2), self.fires(3)
        story.see(one, two, three)
        self.notify("first")
        four = self.wait(20).fires(4, CRITICAL)
        story.see(one, two, three, four)
        self.notify("new alert")
        story.wait(hours(5)).see(one, two, three, four).look()
        self.notify("repeat")
        self.wait(1)
        story.see(self.ends(1, CRITICAL), self.ends(2), three, four)
        self.notify("some resolved")
        self.wait(1)
        story.see(self.ends(3), self.ends(4, CRITICAL))
        self.notify("all resolved")
        self.wait(2)
        story.see(self.fires(2, CRITICAL))
        self.notify("reopened")
        story.wait(hours(13)).look()
        self.notify("no longer reported")
        self.wait(3)
        story.see(self.fires(2, CRITICAL), self.fires(3))
        self.notify("reported again", plain=True)
        self.wait(1)
        story.take(leave(story.state, frozenset(fp for fp in story.state.alerts if fp in {"2", "3"}), story.now))
        self.notify("rerouted")

    def wait(self, span: int) -> "Incident":
        self.story.wait(minutes(span))
        return self

    def fires(self, number: int, severity: str = WARNING) -> Alert:
        return self.alert(number, severity, Status.FIRING)

    def ends(self, number: int, severity: str = WARNING) -> Alert:
        return self.alert(number, severity, Status.RESOLVED)

    def alert(self, number: int, severity: str, status: Status) -> Alert:
        now, instance = self.story.now, f"api-{number}"
        labels: Labels = {
            "alertname": "HighLatency",
            "service": "checkout",
            "instance": instance,
            "namespace": "shop",
            "node": f"node-{number}",
            "pod": f"checkout-{number}",
            "severity": severity,
            "zone": f"eu-west-1{'abcd'[number - 1]}",
        }
        made = an_alert(
            status=status, starts=now, ends=now, labels=labels, annotations=notes(instance), fp=str(number)
        )
        sender = {"alertmanager": "https://alertmanager.example"}
        return replace(made, generator_url=f"https://prometheus.example/graph?expr=p99&i={instance}", links=sender)

    def notify(self, what: str, *, plain: bool = False) -> None:
        """Make and keep every call that is due now; where asked to, also in words alone."""
        while not isinstance(self.story.state.phase, Idle):
            if not isinstance(self.story.state.phase, Queued):
                self.story.look()
                continue
            made = self.story.begin()
            self.keep(f"{what}: {made.notification.op}", made.snapshot, made.notification)
            if plain:
                self.keep(
                    f"{what}: {made.notification.op}, plain",
                    replace(made.snapshot, use_plain_text=True),
                    made.notification,
                )
            self.story.finish(made)

    def keep(self, title: str, loaded: AlertGroup, notification: Notification) -> None:
        message = render(RenderRequest(loaded, notification, self.receiver, TENANT, self.localizer, self.story.now))
        self.pages.append(f"#### {title}\n{readable(message)}")


def notes(instance: str) -> Labels:
    """What a careful rule says of its alert."""
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


def readable(message: SlackMessage) -> str:
    return "\n".join(_readable(message)).replace("\u00a0", "⍽").replace("\u202f", "⍽")


def _readable(message: SlackMessage) -> Iterator[str]:
    yield f"text   {message.text}".replace("\n", "\n     ⏎ ")
    yield from (f"block  {line}" for block in message.blocks for line in lines(block))
    for attachment in message.attachments:
        yield f"color  {attachment.color}"
        for block in attachment.blocks:
            small = "small" if "elements" in block else "  |  "
            yield from (f"  {small if place == 0 else '  |  '}  {line}" for place, line in enumerate(lines(block)))


def lines(block: object) -> list[str]:
    assert isinstance(block, dict)
    objects = block.get("elements") or [block["text"]]
    return [line for one in objects for line in one["text"].split("\n")]


def write() -> None:
    """Write all files anew."""
    catalogue = Catalogue.load()
    for style, locale in CASES:
        snapshot(style, locale).write_text(read(catalogue, style, locale), encoding="utf-8")


if __name__ == "__main__":
    write()
