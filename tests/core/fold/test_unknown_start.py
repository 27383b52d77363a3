"""Alerts without a start of their own: Alertmanager makes it up of the end, so it may lie ahead of every resolve."""

import pytest

from router.core.model.group import AlertGroup
from router.core.model.instant import Instant, to_rfc3339
from router.core.model.observation import observations
from router.core.parse.webhook import parse
from tests.core.builders import Story, a_key, at, minutes, seconds
from tests.core.parse.test_webhook import raw_alert, webhook


def seen(story: Story, *, when: Instant, **times: str | None) -> None:
    """A body that arrives then, with these members of its alert."""
    story.now = when
    parsed = parse(webhook(raw_alert(**times)), when)
    [alert] = observations(parsed, when).alerts
    story.see(alert, when=when)


@pytest.mark.parametrize("start", [to_rfc3339(at(minutes(30))), None], ids=["ahead", "absent"])
def test_its_end_ends_it_also_where_it_was_sent_once_more_meanwhile(start: str | None) -> None:
    story = Story(state=AlertGroup(a_key()))
    seen(story, when=at(seconds(1)), startsAt=start)
    story.notify_all()
    seen(story, when=at(seconds(60)), startsAt=start)
    ended = to_rfc3339(at(seconds(59)))
    seen(story, when=at(seconds(61)), status="resolved", startsAt=ended, endsAt=ended)

    assert story.state.firing == 0
    assert story.state.pending == 1
