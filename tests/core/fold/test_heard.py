"""Alerts that are known from Alertmanager alone: what it lists decides of them."""

from typing import Final

import pytest

from router.core.fold.fold import fold
from router.core.fold.heard import compared, fires_again, heard, heard_in_part, is_heard
from router.core.fold.upstream import learn
from router.core.model.alert import AlertId, Fingerprint
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.muted import KnownAlert, ListedAlert, Muted, MutedBy, Sight
from tests.core.builders import START, a_group, an_alert, at, minutes, observed

A: Final = AlertId("A")
LATER: Final = at(minutes(10))
BY_ANA: Final = Muted(MutedBy.SILENCED, "s1", at(minutes(60)), "ana")


def known(*, from_events: bool = True) -> AlertGroup:
    """A group with an alert that fires."""
    seen = observed(an_alert("A"), when=START)
    return fold(a_group(), heard(seen) if from_events else seen, START).after


def listed(muted: Muted | None = None, ends_at: Instant = NEVER) -> ListedAlert:
    return ListedAlert(KnownAlert(Fingerprint("0"), {"alertname": "A"}, muted), {}, ends_at=ends_at)


def sight(group: AlertGroup, one: ListedAlert | None, when: Instant = LATER) -> Sight | None:
    """What is news of the alert once Alertmanager has listed this of it."""
    news = compared(group, {} if one is None else {A: one}, when).alerts.get(A)
    return news.sight if news is not None else None


@pytest.mark.parametrize(
    ("one", "news"),
    [(None, Sight.GONE), (listed(), None), (listed(BY_ANA), Sight.MUTED)],
    ids=["not listed", "as known", "muted there"],
)
def test_what_is_listed_is_news_where_it_is_something_else(one: ListedAlert | None, news: Sight | None) -> None:
    assert sight(known(), one) is news


def test_of_what_a_sender_reports_the_list_says_nothing() -> None:
    assert sight(known(from_events=False), None) is None
    assert not is_heard(known(from_events=False).alerts[A])


def test_a_mute_that_goes_on_is_noted_once_in_a_while_and_its_end_at_once() -> None:
    muted = learn(known(), compared(known(), {A: listed(BY_ANA)}, LATER))

    assert sight(muted, listed(BY_ANA), at(minutes(12))) is None
    assert sight(muted, listed(BY_ANA), at(minutes(16))) is Sight.MUTED
    assert sight(muted, listed(), at(minutes(12))) is Sight.ACTIVE


def test_what_is_known_of_some_says_nothing_of_the_others() -> None:
    assert heard_in_part(observed(an_alert("A"))).truncated
    assert not heard(observed(an_alert("A"))).truncated


def test_only_what_is_not_reported_fires_again() -> None:
    assert not fires_again(known().alerts[A], listed(), LATER)
    assert not fires_again(known().alerts[A], None, LATER)
    assert not fires_again(known().alerts[A], listed(ends_at=START), LATER)
