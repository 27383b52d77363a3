"""A group is stored without people whose data was erased, and its message is edited for it."""

from typing import Final

import pytest

from router.core import engine
from router.core.decide.erase import is_known_by
from router.core.model.alert import Status
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR
from router.core.model.key import GroupKey
from router.core.model.operation import Op
from router.core.model.rules.appearance import Redaction
from router.core.model.rules.names import ReceiverName
from router.core.render.redaction import redactor_for
from tests.core.builders import Story, an_alert
from tests.core.route.test_erased import ERASED, EVE

LABELS: Final = {"alertname": "Login", "user": EVE}


def story_of(*group: tuple[str, str], status: Status = Status.FIRING) -> Story:
    story = Story(state=AlertGroup(GroupKey(ReceiverName("default"), (), group)))
    story.see(an_alert(labels=LABELS, annotations={"contact": EVE}, fp="1")).notify_all()
    if status is Status.RESOLVED:
        story.wait(HOUR).see(an_alert("1", Status.RESOLVED, labels=LABELS, fp="1")).notify_all()
    return story


@pytest.mark.parametrize("status", Status)
def test_the_message_is_edited_also_where_all_is_over(status: Status) -> None:
    story = story_of(("alertname", "Login"), status=status)

    made = engine.erase(story.state, ERASED, story.now)
    story.state = made.after
    [notification] = story.notify_all()

    assert EVE not in repr(story.state.alerts)
    assert "erased-1" in repr(story.state.alerts)
    assert not story.state.refresh_due
    assert notification.op is Op.EDIT


def test_done_again_it_changes_nothing() -> None:
    story = story_of(("alertname", "Login"))
    once = engine.erase(story.state, ERASED, story.now).after

    assert engine.erase(once, ERASED, story.now).after is once


def test_what_names_nobody_stays_as_it_is() -> None:
    story = Story().see(an_alert(labels={"user": "bob@example.com"}))

    assert engine.erase(story.state, ERASED, story.now).after is story.state


def test_counts_and_what_was_shown_stay() -> None:
    before = story_of(("alertname", "Login")).state
    after = engine.erase(before, ERASED, before.notified_at).after

    assert (after.firing, after.pending, after.contents) == (before.firing, before.pending, before.contents)
    assert [one.last_shown for one in after.alerts.values()] == [one.last_shown for one in before.alerts.values()]


def test_a_group_that_is_known_by_a_person_is_routed_again_and_shows_nobody() -> None:
    story = story_of(("user", EVE))

    after = engine.erase(story.state, ERASED, story.now).after

    assert (is_known_by(after, ERASED), after.config_version) == (True, 0)
    redactor = redactor_for(Redaction(erased=ERASED), after)
    assert EVE not in redactor.line(f"Login of {EVE}", 100)
