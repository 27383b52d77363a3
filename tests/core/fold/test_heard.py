"""What Alertmanager lists, compared with a group that fires by what was heard."""

from typing import Final

import pytest

from router.core.fold.heard import compared, fires_again, heard, heard_in_part, is_heard
from router.core.model.alert import AlertId, Fingerprint
from router.core.model.alert_state import LastShown, ShownState
from router.core.model.changed import replace
from router.core.model.instant import MINUTE, NEVER, Instant
from router.core.model.muted import KnownAlert, ListedAlert, Muted, MutedBy, Sight, Upstream
from router.core.model.observation import Observations
from tests.adapters.builders import NOON, after, an_alert_state, waiting

X: Final = AlertId("x")
ANA: Final = Muted(MutedBy.SILENCED, "s1", NEVER, "ana")
AT: Final = after(60)


def listed(muted: Muted | None = None, *, ends: Instant = NEVER) -> ListedAlert:
    return ListedAlert(KnownAlert(Fingerprint("x"), {}, muted), {}, ends_at=ends)


def known(sight: Sight, at: Instant = NOON, muted: Muted | None = None) -> Upstream:
    return Upstream(sight, at, at, muted)


def news(upstream: Upstream | None, now: ListedAlert | None, sender: str = "heard:g") -> Upstream | None:
    """What is noted of an alert of which this is known."""
    group = replace(waiting(), alerts={X: an_alert_state(sender_group=sender, upstream=upstream)})
    found = compared(group, {X: now} if now is not None else {}, AT)
    assert found.at == AT
    return found.alerts.get(X)


@pytest.mark.parametrize(
    ("before", "now", "noted"),
    [
        (None, None, known(Sight.GONE, AT)),
        (known(Sight.GONE), None, known(Sight.GONE, AT)),
        (None, listed(), None),
        (known(Sight.ACTIVE), listed(), None),
        (known(Sight.GONE), listed(), known(Sight.ACTIVE, AT)),
        (known(Sight.MUTED, NOON, ANA), listed(), known(Sight.ACTIVE, AT)),
        (None, listed(ANA), known(Sight.MUTED, AT, ANA)),
        (known(Sight.GONE), listed(ANA), known(Sight.MUTED, AT, ANA)),
        (known(Sight.MUTED, Instant(AT - 5 * MINUTE + 1), ANA), listed(ANA), None),
        (known(Sight.MUTED, Instant(AT - 5 * MINUTE), ANA), listed(ANA), known(Sight.MUTED, AT, ANA)),
        (known(Sight.MUTED, NOON, replace(ANA, author="bob")), listed(ANA), known(Sight.MUTED, AT, ANA)),
    ],
)
def test_what_is_noted_follows_from_what_is_known_and_what_is_listed(
    before: Upstream | None, now: ListedAlert | None, noted: Upstream | None
) -> None:
    assert news(before, now) == noted


def test_what_a_sender_reported_last_is_left_alone() -> None:
    assert news(None, None, sender="g") is None


def test_what_has_ended_here_is_left_alone() -> None:
    ended = an_alert_state(sender_group="heard:g")
    ended = replace(ended, registers=ended.registers.end_at(after(1)))
    assert compared(replace(waiting(), alerts={X: ended}), {}, AT).alerts == {}


@pytest.mark.parametrize(
    ("state", "sender", "now", "fires"),
    [
        (ShownState.MUTED, "heard:g", listed(), True),
        (ShownState.UNREPORTED, "heard:g", listed(), True),
        (ShownState.FIRING, "heard:g", listed(), False),
        (ShownState.MUTED, "g", listed(), False),
        (ShownState.MUTED, "heard:g", listed(ANA), False),
        (ShownState.MUTED, "heard:g", None, False),
        (ShownState.MUTED, "heard:g", listed(ends=AT), False),
        (ShownState.MUTED, "heard:g", listed(ends=after(61)), True),
    ],
)
def test_one_that_is_hidden_fires_again_once_it_is_listed_as_that(
    state: ShownState, sender: str, now: ListedAlert | None, *, fires: bool
) -> None:
    alert = an_alert_state(sender_group=sender)
    alert = replace(alert, last_shown=LastShown(state, alert.registers))
    assert fires_again(alert, now, AT) is fires


def test_what_is_heard_is_marked_and_a_part_says_nothing_of_the_rest() -> None:
    seen = Observations((), NOON, "g")
    assert heard(seen).sender_group == heard_in_part(seen).sender_group
    assert is_heard(an_alert_state(sender_group=heard(seen).sender_group))
    assert not is_heard(an_alert_state(sender_group="g"))
    assert (heard(seen).truncated, heard_in_part(seen).truncated) == (False, True)
    assert heard(Observations((), NOON, "")).truncated, "an alert that was set aside alone comes without its group"
