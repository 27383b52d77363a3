"""How an alert stands now, from what is stored of its tenant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import pytest

from router.config import stored
from router.control.explain.as_json import as_json
from router.control.explain.asked import Asked, read_asked
from router.control.explain.explanation import Explanation
from router.control.explain.live import Beside, LiveExplaining
from router.control.explain.text import lines
from router.control.tenants import TenantControl
from router.core.context.episodes import Episode
from router.core.context.listing import Listing
from router.core.context.surroundings import Found, Wanted
from router.core.decide.standing import Outcome
from router.core.fold.fold import MAX_CONTENTS
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup, Digest, DigestRef, MessageRef
from router.core.model.instant import HOUR, MINUTE, NEVER, Instant, Span
from router.core.model.key import digest_key
from router.core.model.rules.inhibit import RuleId, SourceKey
from router.core.model.rules.names import ReceiverName
from router.core.model.rules.receiver import Layout
from router.core.mute.inhibition import Sources
from router.errors import OperationError
from tests.adapters.builders import ACME, BETA, NOON
from tests.catalogue import CATALOGUE
from tests.control.fakes import FakeClock, FakeGroups, FakeVersions, content
from tests.core.builders import START, Story, a_key, a_policy, a_receiver, an_alert

TEXT = """\
version: 1
tenant: acme
platform: {slack: {token: {secret: slack}}}
route:
  receiver: default
  routes: [{matchers: ['team="db"'], receiver: default}]
receivers: [{name: default, slack: {channel: C0123456}}]
redact: {labels: [customer]}
"""
RELATED = f"{TEXT}context: {{related: [customer, team], history: true}}\n"


class NoSources:
    """Nothing inhibits."""

    async def latest(self, tenant: TenantId, wanted: Collection[SourceKey]) -> Sources:
        return {}

    async def keep_only(self, tenant: TenantId, rules: Collection[RuleId], now: Instant) -> None:
        raise AssertionError("explaining changes nothing")


@dataclass
class Around:
    """Other groups under every key, and when each group fired before."""

    listed: Sequence[Listing] = ()
    episodes: tuple[Episode, ...] = ()

    async def find(self, _tenant: TenantId, wanted: Sequence[Wanted], _now: Instant) -> list[Found]:
        return [Found(dict.fromkeys(one.keys, self.listed), self.episodes) for one in wanted]


@dataclass
class Hold:
    """Since when everybody is on hold."""

    at: Instant = NEVER

    async def since(self) -> Instant:
        return self.at


def shown(**labels: str) -> AlertGroup:
    """A group that shows one alert since noon."""
    story = Story(a_policy(a_receiver())).see(an_alert("A", labels={"alertname": "A", **labels}, fp="f-1"))
    story.notify_all()
    return story.state


async def explained(
    asked: Asked,
    *groups: AlertGroup,
    tenant: TenantId = ACME,
    hold: Instant = NEVER,
    text: str = TEXT,
    around: Around = Around(),  # noqa: B008 - it is never changed
) -> list[Explanation]:
    versions = FakeVersions()
    await versions.publish(ACME, stored.dump(content(text).document, text))
    stored_groups, beside = FakeGroups(groups), Beside(around, Span(30 * 24 * HOUR))
    control = TenantControl(versions, stored_groups)
    live = LiveExplaining(control, stored_groups, NoSources(), Hold(hold), FakeClock(), beside)
    _, found = await live.explain(tenant, asked)
    return found


async def test_what_is_shown_says_where_and_since_when_and_how_it_came_there() -> None:
    [found] = await explained(Asked({"alertname": "A"}), shown(team="db"))

    [place] = found.places
    assert (place.standing.outcome, place.policy.receiver.channel) == (Outcome.SHOWN, "C0123456")
    assert found.tried is not None
    assert [one.failed for _, one in found.tried.walk()] == [None, None]


async def test_it_names_what_else_fires_and_how_it_usually_goes_as_the_message_would() -> None:
    others = [Listing(name, 0, firing, same=name) for name, firing in (("Disk", 2), ("Queue of K-1234", 1))]
    before = Instant(START - 2 * HOUR)
    around = Around(others, (Episode(before, Instant(before + 12 * MINUTE)), Episode(Instant(0), Instant(MINUTE))))

    [found] = await explained(
        Asked({"alertname": "A"}), shown(team="db", customer="K-1234"), text=RELATED, around=around
    )
    read, known = (
        "\n".join(lines(found, CATALOGUE.localizer("en", "UTC", Layout()))),
        as_json(found)["groups"][0],
    )

    assert "3 other alerts of team=db fire: Disk (2) and 1 more" in read
    assert "12 min" in read
    assert "K-1234" not in read + str(known)
    assert known["related"] == [
        {"label": "team", "value": "db", "firing": 3, "groups": [{"name": "Disk", "firing": 2}]}
    ]
    assert len(known["episodes"]) == 1


async def test_where_nothing_is_related_nobody_is_named() -> None:
    [found] = await explained(Asked({"alertname": "A"}), shown(team="db"), around=Around([Listing("Disk", 0, 1)]))

    assert as_json(found)["groups"][0]["related"] == as_json(found)["groups"][0]["episodes"] == []


async def test_an_alert_in_two_groups_is_explained_once_with_both() -> None:
    [found] = await explained(Asked({"alertname": "A"}), shown(), shown())

    assert len(found.places) == 2


async def test_the_link_of_a_digest_asks_about_all_that_it_shows() -> None:
    message = MessageRef("C0123456", "5.0")
    digest = AlertGroup(digest_key(ReceiverName("default"), "C0123456"), message=message, digest=Digest())
    member = replace(shown(), message=DigestRef(digest.key.group_id))

    [by_link] = await explained(Asked(message=message), digest, member, shown())
    [by_id] = await explained(read_asked([digest.key.group_id]), digest, member, shown())

    assert [one.standing.outcome for one in by_link.places] == [Outcome.IN_DIGEST]
    assert by_id.places == by_link.places


async def test_what_was_never_seen_says_so_with_the_last_record_and_its_way() -> None:
    group = shown()
    [found] = await explained(Asked({"alertname": "B", "team": "db"}), group)

    assert (found.firing, found.places) == (None, ())
    assert found.last_record == max(one.registers.last_seen for one in group.alerts.values())
    assert found.tried is not None
    words = "\n".join(lines(found, CATALOGUE.localizer("en", "UTC", Layout())))
    assert "Never seen here" in words
    assert "Last record of this tenant: Nov 23, 2026, 12:00" in words
    assert as_json(found)["status"] == "never_seen"


async def test_while_everybody_is_on_hold_that_is_named_first() -> None:
    [found] = await explained(Asked({"alertname": "A"}), shown(), hold=NOON)

    words = list(lines(found, CATALOGUE.localizer("en", "UTC", Layout())))
    assert words[1].startswith("  Nothing is sent for anybody since")
    assert words[1].endswith("sending is on hold")


async def test_redacted_values_are_hidden_and_routed_by_all_the_same() -> None:
    [found] = await explained(Asked({"alertname": "A"}), shown(customer="secret", team="db"))

    words = "\n".join(lines(found, CATALOGUE.localizer("en", "UTC", Layout())))
    assert "secret" not in words + str(as_json(found))
    assert found.labels["customer"] == "•••"


async def test_at_most_a_hundred_alerts_are_explained() -> None:
    names = [f"A{number}" for number in range(150)]
    story = Story(a_policy(a_receiver())).fire(*names)

    assert len(await explained(Asked({"severity": "warning"}), story.state)) == 100


def more_than_are_kept() -> AlertGroup:
    """A group of one more alert than it keeps the labels of; the labels of the last are not kept."""
    many = (
        an_alert("Big", labels={"alertname": "Big", "customer": "hidden", "n": str(number)}, fp=f"{number:016x}-1")
        for number in range(MAX_CONTENTS + 1)
    )
    return Story(state=AlertGroup(a_key(alertname="Big", customer="hidden"))).see(*many).state


def english(found: Explanation) -> str:
    return "\n".join(lines(found, CATALOGUE.localizer("en", "UTC", Layout())))


async def test_nobody_reads_that_an_alert_was_never_seen_where_labels_are_not_kept() -> None:
    [found] = await explained(Asked({"n": str(MAX_CONTENTS)}), more_than_are_kept(), shown())

    assert [(one.alerts, one.labels["customer"]) for one in found.unkept] == [(1, "•••")]
    assert "Never seen here" not in english(found)
    assert "The labels of 1 alert of the group" in english(found)
    for_programs = as_json(found)
    assert for_programs["status"] == "unknown"
    assert [one["alerts"] for one in for_programs["labels_not_kept"]] == [1]


async def test_it_is_added_to_the_alerts_that_fit_for_sure() -> None:
    first, added = await explained(Asked({"alertname": "Big", "n": "0"}), more_than_are_kept())

    assert (len(first.places), first.unkept) == (1, ())
    assert (added.places, [one.alerts for one in added.unkept]) == ((), [1])


async def test_what_cannot_be_in_the_group_was_never_seen() -> None:
    [found] = await explained(Asked({"alertname": "Small", "n": "1"}), more_than_are_kept())

    assert (found.firing, found.unkept) == (None, ())
    assert as_json(found)["status"] == "never_seen"


async def test_the_fingerprint_finds_an_alert_whose_labels_are_not_kept_and_says_that_they_are_not() -> None:
    [found] = await explained(Asked(fingerprint=f"{MAX_CONTENTS:016x}"), more_than_are_kept())

    assert (len(found.places), found.tried, found.labels["alertname"]) == (1, None, "Big")
    assert "Its labels are not kept" in english(found)
    assert "heartbeat" not in english(found)
    assert as_json(found)["labels_kept"] is False


async def test_a_tenant_without_a_configuration_is_refused() -> None:
    with pytest.raises(OperationError, match="no configuration"):
        await explained(Asked({"a": "b"}), tenant=BETA)
