"""What is looked up for a call, and what its message shows of what was found."""

from collections.abc import Sequence
from dataclasses import replace

from router.core.context.context import Context
from router.core.context.episodes import Episode, ended, present
from router.core.context.listing import Listing, shared_key, to_be_listed
from router.core.context.related import MAX_NAMED, Related, RelatedGroup
from router.core.context.surroundings import Found, Wanted, context_of, wanted_of
from router.core.model.alert_state import AlertState, LastShown, ShownState
from router.core.model.group import AlertGroup, Digest, MessageRef
from router.core.model.instant import HOUR, MINUTE, NEVER, Instant
from router.core.model.registers import Registers
from router.core.model.rules.context import ContextRules
from tests.bounds import tries
from tests.core.builders import START, TEN_MINUTES
from tests.core.context.test_listing import PLAIN, SHOWN, TENANT, a_group, an_alert

SERVICE = shared_key("service", "checkout")
URL = "https://acme.slack.com/"
NOW = Instant(START + HOUR)


def other(name: str, rank: int = 1, firing: int = 1, channel: str = "C2", alert: str = "") -> Listing:
    return Listing(name, rank, firing, MessageRef(channel, f"17.{name}"), f"labels of {name}", (alert or name,))


def show(*listed: Listing, group: AlertGroup = SHOWN, episodes: Sequence[Episode] = ()) -> Context:
    return context_of(TENANT, group, Found({SERVICE: listed}, tuple(episodes)), URL, NOW)


def names(context: Context) -> list[str]:
    return [one.name for related in context.related for one in related.groups]


def test_what_is_wanted_follows_the_rules_of_the_tenant() -> None:
    group = SHOWN.key.group_id
    assert wanted_of(TENANT, SHOWN) == Wanted(group, (SERVICE,), history=True)
    assert wanted_of(PLAIN, SHOWN) == Wanted(group, (), history=True)
    assert wanted_of(replace(PLAIN, context=ContextRules(history=False)), SHOWN) is None
    assert wanted_of(TENANT, replace(SHOWN, digest=Digest())) is None
    assert wanted_of(replace(TENANT, context=ContextRules(("cluster",), history=False)), SHOWN) is None


def test_others_are_named_the_worst_first_with_their_messages() -> None:
    context = show(other("mild", 3), other("bad", 0, firing=2))
    named = (
        RelatedGroup("bad", 2, MessageRef("C2", "17.bad")),
        RelatedGroup("mild", 1, MessageRef("C2", "17.mild")),
    )
    assert context.related == (Related("service", "checkout", named),)
    assert context.workspace_url == URL
    assert show() == Context(workspace_url=URL)


def test_what_shows_the_same_is_no_other_and_one_of_two_that_do_is_enough() -> None:
    twin = replace(other("twin"), same=_own().same)
    assert names(show(twin, other("same alert", alert=_own().alerts[0]))) == []
    assert names(show(other("there", alert="x"), other("here", channel="C1", alert="x"))) == ["here"]


@tries("other groups that a message names")
def test_of_more_groups_the_alerts_are_counted(beyond: int) -> None:
    [related] = show(*(other(f"g{number}", firing=2) for number in range(MAX_NAMED + beyond))).related
    assert (len(related.groups), related.more) == (min(MAX_NAMED, MAX_NAMED + beyond), 2 * max(0, beyond))


def test_what_is_over_names_nobody() -> None:
    assert show(other("bad"), group=a_group(_resolved(0, 5))).related == ()


def _own() -> Listing:
    own = to_be_listed(TENANT, SHOWN)
    assert own is not None
    return own


def _resolved(start: int, end: int, state: ShownState = ShownState.RESOLVED) -> AlertState:
    """An alert that fired from one minute to another."""
    first, last = Instant(START + start * MINUTE), Instant(START + end * MINUTE)
    registers = Registers(first, last, first, last)
    return replace(an_alert(), registers=registers, last_shown=LastShown(state, registers))


def test_an_episode_is_from_the_first_start_to_the_last_end_of_what_fired_together() -> None:
    group = a_group(_resolved(60, 70), _resolved(65, 90), _resolved(0, 49), _resolved(0, 5, ShownState.NOTHING))
    assert present(group, TEN_MINUTES, NOW) == Episode(Instant(START + 60 * MINUTE), Instant(START + 90 * MINUTE))
    joined = a_group(_resolved(60, 70), _resolved(0, 50))
    assert present(joined, TEN_MINUTES, NOW) == Episode(START, Instant(START + 70 * MINUTE))
    assert present(a_group(), TEN_MINUTES, NOW) is None


def test_what_fires_goes_on_until_now() -> None:
    assert present(SHOWN, TEN_MINUTES, NOW) == Episode(START, NOW)


def test_an_episode_ends_with_the_transition_that_shows_it_as_over_and_with_no_other() -> None:
    fires, over = a_group(an_alert()), a_group(_resolved(0, 5))
    pending = replace(over, pending=1)
    moved = a_group(_resolved(0, 5, ShownState.REROUTED))
    one = Episode(START, Instant(START + 5 * MINUTE))
    pairs = [(fires, over), (pending, over), (over, over), (fires, pending), (over, fires), (fires, moved)]
    assert [ended(before, after, TEN_MINUTES, NOW) for before, after in pairs] == [one, one, None, None, None, None]
    assert ended(fires, replace(over, message=None), TEN_MINUTES, NOW) is None


def test_the_episode_that_a_message_is_about_is_none_of_the_earlier_ones() -> None:
    long_ago = Episode(NEVER, Instant(START - HOUR))
    reopened = Episode(Instant(START - HOUR), Instant(START - 5 * MINUTE))
    assert show(episodes=(reopened, long_ago)).episodes == (long_ago,)
