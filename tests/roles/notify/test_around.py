"""What else fires, and how it usually goes, beside the alerts of messages; nothing of it keeps a message."""

from collections.abc import Mapping
from typing import Final

from router.core.context.context import NO_CONTEXT, Context
from router.core.context.related import RelatedGroup
from router.core.model.group import MessageRef
from router.core.model.instant import HOUR, MINUTE, SECOND, Instant
from router.core.model.operation import Op
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import CHANNEL, OTHER_CHANNEL, a_document, a_record, an_alert, key_of
from tests.roles.worker import Site, Worker, a_worker


def a_tenant(context: str = "{related: [service]}", tenant: str = ACME) -> str:
    """A tenant with two channels, and these words on what is shown beside alerts."""
    return a_document(
        tenant,
        route="""\
  routes:
    - {matchers: ['alertname="Low"'], receiver: other}
""",
        receivers=f'''\
  - {{name: other, slack: {{channel: "{OTHER_CHANNEL}"}}}}
context: {context}
''',
    )


class Place:
    """A worker, and what each of its calls showed beside the alerts."""

    def __init__(self, site: Site, worker: Worker) -> None:
        self.site, self.worker = site, worker
        self.calls: list[tuple[str, Op, Context]] = []
        render = worker.rendering.render

        def note(delivery: object, now: Instant) -> object:
            claim = delivery.claim  # type: ignore[attr-defined]
            group = dict(claim.snapshot.key.group)["group"]
            self.calls.append((group, claim.notification.op, delivery.context))  # type: ignore[attr-defined]
            return render(delivery, now)  # type: ignore[arg-type]

        worker.rendering.render = note  # type: ignore[assignment, method-assign]

    async def see(self, name: str, status: str = "firing", *, group: str = "", service: str = "checkout") -> None:
        """An alert is observed now, in a group of its own, and what is due within five seconds happens."""
        now = self.site.clock.time
        alert = an_alert(name, status, starts=now, service=service)
        await self.worker.take(a_record(alert, group=group or name, received=now))
        await self.rest(5)

    async def rest(self, seconds: float) -> None:
        """What happens within so many seconds."""
        until = Instant(self.site.clock.time + round(seconds * SECOND))
        for _ in range(50):
            next_at = await self.worker.serve()
            if next_at == 0 or next_at > until:
                break
            self.site.clock.advance(max(0, next_at - self.site.clock.time))
        self.site.clock.advance(until - self.site.clock.time)

    def last(self, group: str) -> Context:
        """What the last call for a group showed."""
        return next(context for one, _, context in reversed(self.calls) if one == group)

    def names(self, group: str) -> Mapping[str, int]:
        """The others that it named, and how many of their alerts fire."""
        return {one.name: one.firing for related in self.last(group).related for one in related.groups}


async def a_place(context: str = "{related: [service]}") -> Place:
    site = Site()
    await site.open(ACME, a_tenant(context))
    return Place(site, await a_worker(site))


async def test_a_message_names_what_else_fires_with_its_place_in_another_channel() -> None:
    place = await a_place()
    await place.see("High")
    await place.see("Low")

    high = place.site.group(key_of("High")).posted
    assert place.last("High").related == ()
    [related] = place.last("Low").related
    assert (related.label, related.value) == ("service", "checkout")
    assert related.groups == (RelatedGroup("High", 1, high),)
    assert high is not None
    assert high.channel == CHANNEL
    assert place.last("Low").workspace_url == "https://acme.slack.com/"


async def test_what_is_over_is_named_no_longer_with_the_next_edit_and_makes_none() -> None:
    place = await a_place()
    await place.see("High")
    await place.see("Low")
    calls = [group for group, _, _ in place.calls].count("Low")

    await place.see("High", "resolved")
    await place.rest(120)

    assert [group for group, _, _ in place.calls].count("Low") == calls
    await place.see("Low", group="Low", service="checkout")
    await place.rest(4 * HOUR / SECOND)
    assert [group for group, _, _ in place.calls].count("Low") > calls
    assert place.names("Low") == {}


async def test_others_share_the_value_and_the_tenant_and_are_shown() -> None:
    place = await a_place()
    await place.site.open(BETA, a_tenant(tenant=BETA))
    await place.see("High", service="search")
    await place.worker.tenants.load()
    now = place.site.clock.time
    record = a_record(an_alert("Theirs", service="checkout"), tenant=BETA, group="Theirs", received=now)
    await place.worker.take(record)
    await place.worker.knock(BETA)
    await place.worker.serve(BETA)

    await place.see("Low")

    assert place.names("Low") == {}
    assert place.site.store.tenants[BETA].listed


async def test_where_nothing_can_be_read_the_message_goes_without() -> None:
    place = await a_place()
    await place.see("High")
    place.site.surroundings.faults.refuse("find")
    await place.see("Low")

    assert place.last("Low") == Context(workspace_url="https://acme.slack.com/")
    assert isinstance(place.site.group(key_of("Low", "other", LOW_PATH)).posted, MessageRef)


LOW_PATH: Final = ("{}", '{alertname="Low"}')


async def test_who_asks_for_nothing_is_not_looked_up() -> None:
    place = await a_place("{history: false}")
    await place.see("High")
    await place.see("High", "resolved")
    await place.rest(60)

    assert place.site.surroundings.faults.asked["find"] == 0
    assert {context for _, _, context in place.calls} == {NO_CONTEXT}
    stored = place.site.store.tenants[ACME]
    assert (stored.episodes, stored.listed) == ({}, {})


async def test_the_third_incident_knows_the_first_two_and_each_of_its_messages_the_same() -> None:
    place = await a_place()
    for minutes in (12, 40, 5):
        await place.see("High")
        await place.rest(minutes * 60 - 5)
        await place.see("High", "resolved")
        await place.rest(3600)

    posts = [context.episodes for _, op, context in place.calls if op is Op.POST]
    assert [[one.lasted // MINUTE for one in known] for known in posts] == [[], [12], [40, 12]]
    edits = [context.episodes for _, op, context in place.calls if op is Op.EDIT]
    assert edits == posts


async def test_other_labels_relate_what_fires_already() -> None:
    place = await a_place()
    await place.see("High")
    await place.site.tenants.publish(ACME, a_tenant("{related: [alertname]}"))
    await place.worker.tenants.load()
    await place.worker.reconfiguration.configuration_changed(ACME)
    await place.rest(5)

    await place.see("High", group="again")

    assert place.names("again") == {}, "it is the same alert"
    listed = place.site.store.tenants[ACME].listed[key_of("High").group_id]
    assert listed.keys == place.site.store.tenants[ACME].listed[key_of("again").group_id].keys
