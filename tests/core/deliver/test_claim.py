"""A claim is stored before its call, and holds the lane for as long as the call may take."""

from dataclasses import replace

import pytest

from router.core import engine
from router.core.model.alert_state import ShownState
from router.core.model.instant import NEVER
from router.core.model.operation import Op, Reason
from router.core.model.phase import Lease, Queued, Sending
from tests.core.builders import Story, minutes
from tests.core.decide.test_decide import A, notified


def test_a_post_leaves_its_lane_until_its_lease_ends() -> None:
    story = Story().fire("A").look()
    queued, before = story.queued, replace(story.state, rev=7)

    transition, made = engine.claim(before, story.decide(), "d", story.policy, story.now)

    until = story.now + story.policy.times.lease
    assert made.lease == Lease("d", Op.POST, Reason.FIRST, until)  # type: ignore[arg-type]
    assert transition.after.phase == Sending(made.lease, queued.lane, queued.tries)
    assert transition.lane_at == until
    assert made.snapshot == replace(transition.after, rev=8)
    assert (made.claimed_at, made.notification.shown) == (story.now, {A: ShownState.FIRING})


def test_an_edit_does_not_hold_up_its_lane() -> None:
    story = notified("A").wait(minutes(1)).end("A").look()

    transition, _ = engine.claim(story.state, story.decide(), "d", story.policy, story.now)

    assert transition.lane_at == NEVER


def test_what_does_not_queue_cannot_be_claimed() -> None:
    story = Story().fire("A").look()
    notification = story.decide()

    with pytest.raises(ValueError, match="this one is Idle"):
        engine.claim(notified("A").state, notification, "d", story.policy, story.now)


def test_what_was_claimed_and_not_begun_is_as_it_was() -> None:
    story = Story().fire("A").look()
    before = story.state
    claimed, made = engine.claim(before, story.decide(), "d", story.policy, story.now)

    back = engine.unclaim(claimed.after, made, story.policy, story.now)

    assert (back.after, back.lane_at) == (before, story.now)


def test_what_was_folded_meanwhile_is_kept_when_a_claim_is_taken_back() -> None:
    story = Story().fire("A").look()
    made = story.begin()
    story.fire("B")

    after = engine.unclaim(story.state, made, story.policy, story.now).after

    assert after.pending == 2
    assert isinstance(after.phase, Queued)


def test_a_claim_by_somebody_else_is_left_alone() -> None:
    story = Story().fire("A").look()
    _, lost = engine.claim(story.state, story.decide(), "d", story.policy, story.now)
    others, _ = engine.claim(story.state, story.decide(), "e", story.policy, story.now)

    assert engine.unclaim(others.after, lost, story.policy, story.now).after == others.after
