"""What of a group others may name: stated where it changes, by those who know all of it, and never for ever."""

from dataclasses import replace

import pytest

from router.core.context.listing import MAX_NAME, Listing, changed_listing, listing_of, shared_key, shared_labels
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertContent, AlertState, LastShown, ShownState
from router.core.model.group import AlertGroup, Digest, DigestRef, MessageRef
from router.core.model.instant import HOUR, Instant
from router.core.model.key import GroupId, GroupKey
from router.core.model.muted import Muted, MutedBy
from router.core.model.phase import Held, Idle, Waiting
from router.core.model.registers import Registers
from router.core.model.rules.context import ContextRules
from router.core.model.rules.names import ReceiverName
from tests.bounds import tries
from tests.core.builders import START, a_route, a_tenant

PLAIN = a_tenant(a_route())
TENANT = replace(PLAIN, context=ContextRules(related=("service", "cluster")))
THERE = MessageRef("C1", "17.1")
NEXT = Instant(START + HOUR)


def an_alert(service: str = "checkout", state: ShownState = ShownState.FIRING, **labels: str) -> AlertState:
    content = AlertContent({"alertname": "High", "service": service, **labels}, {}, "", START)
    registers = Registers(START, 0, START, 0)  # type: ignore[arg-type]
    return AlertState(registers, LastShown(state, registers), content=content)


def a_group(*alerts: AlertState, message: MessageRef | DigestRef | None = THERE, name: str = "High") -> AlertGroup:
    key = GroupKey(ReceiverName("default"), ("{}",), (("alertname", name),))
    known = {AlertId(f"a{number}"): one for number, one in enumerate(alerts)}
    firing = sum(one.shown_firing for one in alerts)
    return AlertGroup(
        key, rev=3, phase=Idle(NEXT), message=message, firing=firing, contents=len(alerts), alerts=known
    )


SHOWN = a_group(an_alert(severity="critical"), an_alert(severity="info"))


def test_what_its_message_shows_as_firing_is_listed_with_its_worst_severity_and_its_place() -> None:
    listing = listing_of(TENANT, SHOWN)
    assert listing is not None
    assert (listing.name, listing.rank, listing.firing, listing.message) == ("High", 0, 2, THERE)


@pytest.mark.parametrize(
    "group",
    [
        a_group(an_alert(), message=None),
        a_group(an_alert(state=ShownState.NOTHING)),
        a_group(an_alert(state=ShownState.MUTED)),
        a_group(an_alert(state=ShownState.STALE)),
        replace(SHOWN, phase=Held(Muted(MutedBy.SILENCED, "s1"), NEXT)),
    ],
    ids=["not shown", "not shown yet", "silenced upstream", "not reported", "held back"],
)
def test_what_people_do_not_see_firing_is_not_listed(group: AlertGroup) -> None:
    assert listing_of(TENANT, group) is None


def test_what_a_digest_shows_is_listed_without_a_place() -> None:
    listing = listing_of(TENANT, a_group(an_alert(), message=DigestRef(GroupId("d"))))
    assert listing is not None
    assert listing.message is None


def test_labels_count_that_all_alerts_which_fire_share() -> None:
    group = a_group(an_alert(cluster="a"), an_alert(cluster="b"), an_alert())
    assert shared_labels(TENANT, group) == {"service": "checkout"}
    assert shared_labels(TENANT, a_group(an_alert(""), an_alert(""))) == {}
    assert shared_labels(PLAIN, group) == {}


def test_two_values_and_two_labels_are_never_one_key() -> None:
    keys = [shared_key(*one) for one in (("a", "bc"), ("ab", "c"), ("a", "1:b"), ("a:1", "b"))]
    assert len(set(keys)) == 4


def test_the_same_alert_or_the_same_group_elsewhere_shows_the_same() -> None:
    one, other = listing_of(TENANT, SHOWN), listing_of(TENANT, a_group(an_alert(), name="Low"))
    assert one is not None
    assert other is not None
    assert one.shows & other.shows, "it has the same alert"
    assert one.shows & replace(other, same=one.same, alerts=()).shows
    assert not one.shows & replace(other, alerts=("ff",)).shows


def test_it_is_stated_when_it_is_shown_and_taken_back_when_it_is_over() -> None:
    unseen = a_group(an_alert(state=ShownState.NOTHING), message=None)
    shown = changed_listing(TENANT, unseen, SHOWN, START)
    assert shown is not None
    assert shown.keys == (shared_key("service", "checkout"),)
    assert shown.until > START + PLAIN.route.timing.stale_after

    over = replace(SHOWN, firing=0, alerts={})
    assert changed_listing(TENANT, SHOWN, replace(over, contents=0), START) == ListingNothing
    assert changed_listing(TENANT, replace(SHOWN, alerts={}), over, START) == ListingNothing, "with a part loaded"


ListingNothing = changed_listing(TENANT, SHOWN, replace(SHOWN, message=None), START)


def test_it_is_stated_again_with_each_phase_so_that_it_holds_on() -> None:
    assert changed_listing(TENANT, SHOWN, replace(SHOWN, rev=9), START) is None
    again = changed_listing(TENANT, SHOWN, replace(SHOWN, phase=Waiting(NEXT)), START)
    assert again is not None
    assert again.listing == listing_of(TENANT, SHOWN)


def test_what_is_not_known_whole_is_left_as_it_is() -> None:
    part = replace(SHOWN, alerts={AlertId("a0"): an_alert()})
    assert changed_listing(TENANT, part, replace(part, phase=Waiting(NEXT)), START) is None


def test_a_new_configuration_states_it_once_more_also_where_it_asks_for_none() -> None:
    newer = replace(SHOWN, config_version=7)
    stated = changed_listing(TENANT, SHOWN, newer, START)
    assert stated is not None
    assert stated.listing == listing_of(TENANT, SHOWN)
    assert changed_listing(PLAIN, SHOWN, newer, START) == ListingNothing
    assert changed_listing(PLAIN, newer, a_group(an_alert()), START) is None


def test_a_digest_is_not_listed_itself() -> None:
    assert changed_listing(TENANT, SHOWN, replace(SHOWN, digest=Digest(), config_version=7), START) is None


@tries("name of a group that others name")
def test_a_longer_name_is_cut(beyond: int) -> None:
    name = "n" * (MAX_NAME + beyond)
    listing = listing_of(TENANT, a_group(an_alert(), name=name))
    assert isinstance(listing, Listing)
    assert listing.name == name[:MAX_NAME]
