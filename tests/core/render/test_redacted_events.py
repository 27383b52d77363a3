"""Events hold nothing of what a tenant redacts, wherever in the key of a group it stands."""

import json
from typing import Final

import pytest

from router.core.model.alert import Status, TenantId
from router.core.model.event import Event
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR
from router.core.model.key import GroupKey
from router.core.model.rules.appearance import Redaction
from router.core.model.rules.names import ReceiverName
from router.core.render.redaction import without_redacted
from router.ports.events import write_event
from tests.core.builders import Story, an_alert

SECRET: Final = "Zebra"
LABELS: Final = {"customer": SECRET, "alertname": "Disk"}


def story_of(key: GroupKey) -> Story:
    story = Story(state=AlertGroup(key))
    story.see(an_alert(labels=LABELS, annotations={"summary": SECRET}, fp="1")).notify_all()
    story.wait(HOUR).see(an_alert("1", Status.RESOLVED, labels=LABELS, fp="1")).notify_all()
    assert len(story.events) >= 2
    return story


def written(story: Story, rule: Redaction) -> list[str]:
    noted = [without_redacted(one, rule, story.state) for one in story.events]
    return [write_event(one, TenantId("acme"), story.state.key, 1, number) for number, one in enumerate(noted)]


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ((), {"customer": SECRET}),
        ((), {"alertname": f"Disk of {SECRET}"}),
        ((), {"alertname": "4111111111111111"}),
        ((f'{{customer="{SECRET}"}}',), {"alertname": "Disk"}),
    ],
)
def test_events_hold_nothing_that_a_tenant_redacts(path: tuple[str, ...], labels: dict[str, str]) -> None:
    story = story_of(GroupKey(ReceiverName("default"), path, tuple(labels.items())))
    rule = Redaction(labels=frozenset({"customer"}), annotations=frozenset({"summary"}), patterns=(r"\b\d{16}\b",))

    for text in written(story, rule):
        assert SECRET not in text
        assert "4111111111111111" not in text
        assert "shown" not in json.loads(text)


@pytest.mark.parametrize("rule", [Redaction(), Redaction(labels=frozenset({"customer"}))])
def test_what_a_message_shows_is_noted_where_its_key_is_for_everybody(rule: Redaction) -> None:
    story = story_of(GroupKey(ReceiverName("default"), ("{}",), (("alertname", "Disk"),)))

    texts = written(story, rule)
    shown = [one["shown"]["group_labels"] for one in map(json.loads, texts) if "shown" in one]

    assert shown == [{"alertname": "Disk"}] * 2
    assert SECRET not in repr(texts)


def test_what_is_no_showing_is_noted_as_it_is() -> None:
    story = story_of(GroupKey(ReceiverName("default"), (), (("customer", SECRET),)))
    plain: list[Event] = [one for one in story.events if one.shown is None]
    rule = Redaction(labels=frozenset({"customer"}))

    assert [without_redacted(one, rule, story.state) for one in plain] == plain
