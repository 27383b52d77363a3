"""One incident in every language, as people would read it; the files beside this one are looked at by people.

To accept a change on purpose: delete the file and run the test, which writes it and fails once.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from router.adapters.catalogue import LOCALES, Catalogue
from router.core.alert import Alert, Labels, Status
from router.core.message import SlackMessage
from router.core.notification import Notification
from router.core.render import render
from router.core.telling import Telling
from tests.core.builders import Story, a_key, a_notification, a_policy, a_receiver, a_tenant, an_alert, hours, minutes

SNAPSHOTS = Path(__file__).parent / "snapshots"
ZONES = {
    "en": "Europe/London",
    "fr": "Europe/Paris",
    "de": "Europe/Berlin",
    "es": "Europe/Madrid",
    "it": "Europe/Rome",
}
RECEIVER = a_receiver(mention=("<!subteam^S012>",))
TENANT = a_tenant()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def latency(story: Story, instance: str, severity: str, *, firing: bool = True) -> Alert:
    labels: Labels = {"alertname": "HighLatency", "service": "checkout", "instance": instance, "severity": severity}
    annotations: Labels = {
        "summary": f"p99 latency of {instance} above 500 ms",
        "summary_fr": f"latence p99 de {instance} supérieure à 500 ms",
        "value": "0.61",
        "runbook_url": "https://runbooks.example/HighLatency",
    }
    status = Status.FIRING if firing else Status.RESOLVED
    alert = an_alert(
        status=status, starts=story.now, ends=story.now, labels=labels, annotations=annotations, fp=instance
    )
    return replace(alert, generator_url=f"https://prometheus.example/graph?g0.expr=p99&i={instance}")


class Incident:
    """A notification led through its life; every call is rendered as it was decided, and kept."""

    def __init__(self, catalogue: Catalogue, locale: str) -> None:
        self.wording = catalogue.wording(locale, ZONES[locale])
        key = a_key(alertname="HighLatency", service="checkout")
        self.story = Story(a_policy(RECEIVER), state=replace(a_notification(), key=key))
        self.pages: list[str] = []

    def tell(self, what: str, *, plain: bool = False) -> None:
        while self.story.state.phase != "idle":
            if self.story.state.phase != "queued":
                self.story.look()
                continue
            made = self.story.begin()
            snapshot = replace(made.snapshot, plain=plain)
            self.keep(f"{what}: {made.telling.op}", self.print(snapshot, made.telling))
            self.story.finish(made)

    def print(self, loaded: Notification, telling: Telling) -> SlackMessage:
        return render(loaded, telling, RECEIVER, TENANT, self.wording, self.story.now)

    def keep(self, title: str, message: SlackMessage) -> None:
        self.pages.append(f"#### {title}\n{readable(message)}")


def readable(message: SlackMessage) -> str:
    shown = [f"text   {message.text}".replace("\n", "\n     ⏎ ")]
    shown += [f"block  {line}" for block in message.blocks for line in lines(block)]
    for attachment in message.attachments:
        shown.append(f"color  {attachment.color}")
        shown += [f"   |   {line}" for block in attachment.blocks for line in lines(block)]
    return "\n".join(shown).replace("\u00a0", "⍽").replace("\u202f", "⍽")


def lines(block: object) -> list[str]:
    assert isinstance(block, dict)
    objects = block.get("elements") or [block["text"]]
    return [line for one in objects for line in one["text"].split("\n")]


@pytest.mark.parametrize("locale", LOCALES)
def test_an_incident_reads_as_it_was_approved(catalogue: Catalogue, locale: str) -> None:
    incident = Incident(catalogue, locale)
    story = incident.story
    one, two, three = (
        latency(story, "api-1", "critical"),
        latency(story, "api-2", "warning"),
        latency(story, "api-3", "warning"),
    )
    story.see(one, two, three)
    incident.tell("first")
    story.wait(minutes(20)).see(latency(story, "api-1", "critical", firing=False), two, three)
    incident.tell("some resolved")
    story.wait(minutes(5)).see(two, three, latency(story, "api-4", "critical"))
    incident.tell("new alert")
    story.wait(hours(5)).see(two, three, latency(story, "api-4", "critical")).look()
    incident.tell("repeat")
    story.wait(minutes(1)).see(
        *(latency(story, f"api-{n}", "warning", firing=False) for n in (2, 3)), sender_group="g"
    )
    story.see(latency(story, "api-4", "critical", firing=False))
    incident.tell("all resolved")
    story.wait(minutes(2)).see(latency(story, "api-2", "critical"))
    incident.tell("reopened")
    story.wait(hours(13)).look()
    incident.tell("no longer reported", plain=True)
    compare(SNAPSHOTS / f"{locale}.txt", "\n\n".join(incident.pages) + "\n")


def compare(path: Path, shown: str) -> None:
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
        pytest.fail(f"{path} is new: read it, and run again")
    assert shown == path.read_text(encoding="utf-8")
