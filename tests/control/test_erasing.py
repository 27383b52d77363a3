"""An erasure that is killed between any two steps, or in the middle of one, goes on and ends as one that was not."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import pytest

from router.config import stored
from router.control.erasing import Erasing, Messages
from router.control.given_once import GivenOnce
from router.control.last_edits import LastEdits
from router.control.offboard import Belongings, Offboarding
from router.control.secrets import SecretStore
from router.control.tokens import TokenControl
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import MINUTE, NEVER, SECOND, Instant, Span
from router.core.slack.answer import Accepted, Answer, Gone, HoldScope, Limited, Unreached
from router.errors import OperationError, UnavailableError
from router.ports.erasure import Certificate, Erasure, Step
from router.ports.record import anybody
from tests.adapters.builders import ACME, BETA, NOON, idle, sending, waiting
from tests.config.samples import EXAMPLE
from tests.control.fakes import (
    FakeGroups,
    FakeSealing,
    FakeSlack,
    FakeTexts,
    FakeTokens,
    FakeVersions,
    a_toolbox,
    content,
)
from tests.control.kinds.test_erasing import KEPT
from tests.fakes.tenants import FakeSecrets

SHOWN: Final = idle(waiting("Shown"), message=MessageRef("C1", "1.000001"), firing=1)
CLOSED: Final = idle(waiting("Closed"), message=MessageRef("C1", "2.000001"), firing=0)


class Killed(BaseException):
    """The process is not there any more."""


@dataclass
class World:
    """All that is stored of tenants; whoever does what `killed_at` says dies, before or after it."""

    stored: dict[TenantId, Erasure] = field(default_factory=dict)
    done: dict[str, list[TenantId]] = field(default_factory=dict)
    certificates: list[Certificate] = field(default_factory=list)
    killed_at: Sequence[str] = ()

    async def find(self, tenant: TenantId) -> Erasure | None:
        return self.stored.get(tenant)

    async def keep(self, erasure: Erasure) -> None:
        self.stored[erasure.tenant] = erasure
        self._die(f"after {erasure.done[-1]} is stored" if erasure.done else "after the first is stored")

    def do(self, what: str, tenant: TenantId) -> None:
        self._die(f"before {what}")
        tenants = self.done.setdefault(what, [])
        if tenant not in tenants:
            tenants.append(tenant)
        self._die(f"after {what}")

    def _die(self, moment: str) -> None:
        if moment in self.killed_at:
            self.killed_at = ()
            raise Killed(moment)


@dataclass
class Keys:
    world: World

    async def suspend(self, tenant: TenantId) -> None:
        self.world.do("suspend", tenant)

    async def revoke(self, tenant: TenantId) -> None:
        self.world.do("revoke in redis", tenant)

    async def delete_keys(self, tenant: TenantId) -> None:
        self.world.do("delete keys", tenant)

    async def delete_entries(self, tenant: TenantId) -> None:
        self.world.do("delete entries", tenant)


@dataclass
class Rows:
    world: World

    async def begin(self, tenant: TenantId) -> None:
        self.world.do("begin", tenant)

    async def revoke(self, tenant: TenantId) -> None:
        self.world.do("revoke in the record", tenant)

    async def delete(self, tenant: TenantId) -> None:
        self.world.do("delete rows", tenant)

    async def certify(self, certificate: Certificate) -> None:
        if not self.world.certificates:
            self.world.certificates.append(certificate)
        self.world.do("certify", certificate.erasure.tenant)


class Pauses:
    """Time passes as it is waited for."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    async def __call__(self, span: Span) -> None:
        self.spans.append(span)


class Answers(FakeSlack):
    """Slack that answers each call in turn, the last one for ever."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__()
        self._answers = list(answers)

    async def send(self, token: str, call: object) -> Answer:
        await super().send(token, call)  # type: ignore[arg-type]
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


async def erasing(world: World, slack: FakeSlack, groups: Sequence[AlertGroup] = (SHOWN, CLOSED)) -> Erasing:
    versions = FakeVersions()
    await versions.publish(ACME, stored_text())
    toolbox = replace(a_toolbox(versions, groups), slack=slack)
    offboarding = Offboarding(
        versions, FakeGroups(groups), TokenControl(FakeTokens(), versions), SecretStore(FakeTexts(), FakeSealing("k"))
    )
    edits = LastEdits(toolbox, Pauses(), Span(SECOND))
    return Erasing(offboarding, world, Keys(world), Rows(world), edits, toolbox.clock, KEPT)


def stored_text() -> str:
    return stored.dump(content().document, EXAMPLE)


def ended(world: World) -> tuple[object, ...]:
    erasure = world.stored[ACME]
    certified = [replace(one.erasure, begun_at=NEVER, ended_at=NEVER, done=()) for one in world.certificates]
    return erasure.done, erasure.edited, erasure.unedited, erasure.is_over, world.done, certified


DEEDS: Final = (
    "begin", "suspend", "revoke in the record", "revoke in redis", "delete rows", "delete keys", "delete entries",
    "certify",
)  # fmt: skip
MOMENTS: Final = (
    "after the first is stored",
    *(f"{when} {what}" for what in DEEDS for when in ("before", "after")),
    *(f"after {step} is stored" for step in Step),
)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_whenever_it_is_killed_the_next_run_ends_it_the_same(moment: str) -> None:
    whole, broken = World(), World(killed_at=(moment,))
    await (await erasing(whole, FakeSlack())).erase(ACME)

    with pytest.raises(Killed):
        await (await erasing(broken, FakeSlack())).erase(ACME)
    assert not broken.stored[ACME].is_over or moment == f"after {Step.CERTIFY} is stored"
    await (await erasing(broken, FakeSlack())).erase(ACME)

    assert ended(broken) == ended(whole)
    assert set(broken.done) == set(DEEDS)


async def test_first_it_shows_what_would_go_and_then_how_far_it_has_come() -> None:
    world = World(killed_at=("before delete rows",))
    one = await erasing(world, FakeSlack())

    before = await one.plan(ACME)
    assert isinstance(before, Belongings)
    assert (before.versions, before.groups, before.live_messages) == (1, 2, 1)
    assert world.stored == {}
    with pytest.raises(Killed):
        await one.erase(ACME)
    during = await one.plan(ACME)
    assert isinstance(during, Erasure)
    assert during.done == (Step.BEGIN, Step.SUSPEND, Step.REVOKE, Step.LAST_EDIT)


async def test_who_is_erased_again_gets_the_same_certificate_and_nothing_is_done() -> None:
    world = World()
    first = await (await erasing(world, FakeSlack())).erase(ACME)
    slack = FakeSlack()

    assert await (await erasing(world, slack)).erase(ACME) == first
    assert slack.calls == []


async def test_live_messages_alone_get_a_last_line_in_which_nothing_of_their_alerts_is_left() -> None:
    world, slack = World(), FakeSlack()
    await (await erasing(world, slack)).erase(ACME)

    [(token, call)] = slack.calls
    assert (token, call.method) == ("xoxb-acme", "chat.update")
    assert (call.arguments["channel"], call.arguments["ts"]) == ("C1", "1.000001")
    assert "effacé" in str(call.arguments["text"])
    assert "Shown" not in str(call.arguments)
    assert (world.stored[ACME].edited, world.stored[ACME].unedited) == (1, 0)


async def test_messages_that_slack_refuses_are_counted_and_hold_nothing_up() -> None:
    world = World()
    await (await erasing(world, FakeSlack(Gone("message_not_found")))).erase(ACME)

    assert (world.stored[ACME].edited, world.stored[ACME].unedited, world.stored[ACME].is_over) == (0, 1, True)


async def test_it_waits_as_long_as_slack_asks() -> None:
    slack = Answers(Limited(Span(MINUTE), HoldScope.METHOD), Accepted("C1", "1.000001"))
    one = await erasing(World(), slack)
    await one.erase(ACME)

    assert isinstance(one.last_edits.pause, Pauses)
    assert Span(MINUTE) in one.last_edits.pause.spans
    assert len(slack.calls) == 2


async def test_while_slack_does_not_answer_nothing_is_deleted_unless_messages_are_left() -> None:
    world = World()
    one = await erasing(world, FakeSlack(Unreached("connection")))
    with pytest.raises(UnavailableError, match="--leave-messages"):
        await one.erase(ACME)
    assert world.stored[ACME].done[-1] is Step.REVOKE
    assert "delete rows" not in world.done

    await one.erase(ACME, Messages.AS_THEY_ARE)
    assert (world.stored[ACME].edited, world.stored[ACME].unedited, world.stored[ACME].is_over) == (0, 1, True)


async def test_without_the_tenants_token_its_messages_are_not_given_up_unless_that_is_asked_for() -> None:
    world = World()
    one = without_token(await erasing(world, slack := FakeSlack()))
    with pytest.raises(OperationError, match="no token here that could edit its 1 live messages") as error:
        await one.erase(ACME)
    assert "--leave-messages" in error.value.remedy
    assert "delete rows" not in world.done

    await one.erase(ACME, Messages.AS_THEY_ARE)
    assert (world.stored[ACME].unedited, world.stored[ACME].is_over, slack.calls) == (1, True, [])


async def test_without_a_token_a_tenant_with_no_live_message_is_erased_all_the_same() -> None:
    world = World()
    await without_token(await erasing(world, FakeSlack(), [CLOSED])).erase(ACME)

    assert (world.stored[ACME].unedited, world.stored[ACME].is_over) == (0, True)


async def test_messages_of_groups_that_nobody_can_read_are_not_counted_as_none() -> None:
    world = World()
    one = unread(await erasing(world, FakeSlack(), [SHOWN]))
    with pytest.raises(OperationError, match="2 alert groups of tenant 'acme' cannot be read"):
        await one.erase(ACME)
    assert "delete rows" not in world.done

    await one.erase(ACME, Messages.AS_THEY_ARE)
    assert (world.stored[ACME].unedited, world.stored[ACME].is_over) == (3, True)


def unread(one: Erasing) -> Erasing:
    """Beside its groups there are two whose keys were destroyed."""
    toolbox = replace(one.last_edits.toolbox, groups=FakeGroups([SHOWN], cannot_be_read=2))
    return replace(one, last_edits=replace(one.last_edits, toolbox=toolbox))


def without_token(one: Erasing) -> Erasing:
    """As on a machine that has not been given the tenant's token."""
    toolbox = replace(one.last_edits.toolbox, secrets=FakeSecrets())
    return replace(one, last_edits=replace(one.last_edits, toolbox=toolbox))


async def test_a_call_that_is_in_flight_ends_before_its_message_gets_its_last_line() -> None:
    slack, clock = FakeSlack(), a_toolbox(FakeVersions()).clock
    began = await clock.now()
    busy = replace(sending(SHOWN, Instant(began + 3 * SECOND)), message=SHOWN.message)
    one = await erasing(World(), slack, [busy])
    await one.erase(ACME)

    assert isinstance(one.last_edits.pause, Pauses)
    assert one.last_edits.pause.spans[0] == SECOND
    assert len(slack.calls) == 1


@pytest.mark.parametrize(
    ("erasure", "words"),
    [
        (Erasure(ACME, NOON, ended_at=NOON), "never given twice"),
        (Erasure(ACME, NOON), "is being erased"),
    ],
)
async def test_nobody_writes_of_a_tenant_that_is_erased_or_being(erasure: Erasure, words: str) -> None:
    permit = GivenOnce(World({ACME: erasure}), anybody)

    await permit(BETA)
    with pytest.raises(OperationError, match=words):
        await permit(ACME)
