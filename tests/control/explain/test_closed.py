"""What waits for a channel that another group has found dead is explained by that, not by its turn."""

from dataclasses import replace
from typing import Final

from router.control.explain.asked import Asked
from router.control.explain.explanation import Place
from router.core.decide.policy import CallTimes
from router.core.decide.standing import Outcome
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, Instant
from router.core.model.operation import Lane, Method
from router.core.model.phase import NO_TRIES, Parked, Queued, Rank
from tests.control.explain.test_live import explained, shown
from tests.core.builders import START, Story, a_policy, a_receiver, an_alert

UNTIL: Final = Instant(START + HOUR)
FOUND_DEAD: Final = Instant(UNTIL - CallTimes().channel_retry)
DEAD: Final = "channel_dead:is_archived"


def waiting() -> AlertGroup:
    """A group with a change that waits in its lane."""
    state = Story(a_policy(a_receiver())).see(an_alert("B", labels={"alertname": "B"}, fp="f-2")).state
    return replace(state, phase=Queued(Lane("C0123456", Method.POST), Rank.NORMAL, NO_TRIES))


def parked(reason: str) -> AlertGroup:
    return replace(shown(), phase=Parked(reason, UNTIL, NO_TRIES), posted_to="", notified_at=Instant(0))


def notified(at: Instant) -> AlertGroup:
    return replace(shown(), posted_to="C0123456", notified_at=at)


async def place(*others: AlertGroup) -> Place:
    [found] = await explained(Asked({"alertname": "B"}), waiting(), *others)
    [only] = found.places
    return only


async def test_it_waits_for_the_channel_that_another_group_found_dead() -> None:
    found = (await place(parked(DEAD), notified(Instant(FOUND_DEAD - MINUTE)))).standing

    assert (found.outcome, found.why, found.until) == (Outcome.PARKED, DEAD, UNTIL)


async def test_it_waits_for_its_turn_where_the_channel_has_taken_a_message_since() -> None:
    found = await place(parked(DEAD), notified(Instant(FOUND_DEAD + MINUTE)))

    assert found.standing.outcome is Outcome.QUEUED


async def test_it_waits_for_its_turn_where_another_group_is_parked_for_its_own_message() -> None:
    found = await place(parked("refused:invalid_blocks"))

    assert found.standing.outcome is Outcome.QUEUED


async def test_what_is_shown_stays_shown() -> None:
    [found] = await explained(Asked({"alertname": "A"}), shown(), parked(DEAD))

    assert Outcome.SHOWN in {one.standing.outcome for one in found.places}
