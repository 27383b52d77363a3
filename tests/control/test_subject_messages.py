"""Messages that showed a person are deleted, once; their alert groups post nothing again of what they showed."""

from dataclasses import replace
from typing import Final

import pytest

from router.control.subject_erasing import SubjectMessages
from router.control.subject_looking import SubjectStep
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import HOUR, NEVER, SECOND, Instant, Span
from router.core.slack.answer import Accepted, Answer, Gone, TokenDead, Uneditable, Unreached
from router.core.slack.call import SlackCall
from router.errors import OperationError, UnavailableError
from tests.adapters.builders import ACME, NOON, sending, write
from tests.control.fakes import FakeSlack
from tests.control.test_subject_erasing import EVE, PERSONAL, SHOWN, World, a_world, about

DELETED: Final = SubjectMessages.DELETED
ALL: Final = frozenset(SubjectStep)


class Deleting(FakeSlack):
    """Slack that refuses to delete some messages, and looks at the groups before each call."""

    def __init__(self, world: World, **refused: Answer) -> None:
        super().__init__()
        self._world = world
        self._refused = {one.replace("_", "."): answer for one, answer in refused.items()}
        self.unedited_when_called: list[bool] = []
        self.paused_when_called = 0

    async def send(self, token: str, call: SlackCall) -> Answer:
        await super().send(token, call)
        self.paused_when_called = getattr(self._world, "paused", 0)
        self.unedited_when_called += [one.refresh_due for one in self._world.groups]
        ts = str(call.arguments["ts"])
        return self._refused.get(f"ts{ts}", Accepted(str(call.arguments["channel"]), ts))


class Slow(World):
    """Workers whose calls take a while."""

    CALLS_LAST = 4
    paused = 0

    async def pause(self, span: Span) -> None:
        self.paused += 1
        self.workers_edit = self.paused >= self.CALLS_LAST
        await super().pause(span)


async def deleting(*groups: AlertGroup, text: str = PERSONAL, **refused: Answer) -> tuple[World, Deleting]:
    world = await a_world(*groups, text=text)
    world.slack = slack = Deleting(world, **refused)
    return world, slack


async def test_the_message_is_deleted_and_those_of_others_stay() -> None:
    world, slack = await deleting(about("A", EVE), about("B", "bob@example.com"))

    progress = await world.erasing.erase(ACME, EVE, DELETED)

    [(token, call)] = slack.calls
    assert (token, call.method, dict(call.arguments)) == (
        "xoxb-acme",
        "chat.delete",
        {"channel": "C1", "ts": SHOWN.ts},
    )
    assert (progress.done, progress.found.shown, progress.found.undeleted) == (ALL, 0, ())
    [certificate] = world.certificates
    assert (certificate.subject.deleted, certificate.stuck) == ((SHOWN,), 0)


async def test_it_shows_the_mark_before_slack_is_asked_to_delete_it() -> None:
    world, slack = await deleting(about("A", EVE))

    await world.erasing.erase(ACME, EVE, DELETED)

    assert slack.unedited_when_called == [False]


async def test_while_workers_have_not_edited_it_it_is_not_deleted() -> None:
    world = await a_world(about("A", EVE), workers_edit=False)
    world.slack = slack = Deleting(world)

    progress = await world.erasing.erase(ACME, EVE, DELETED)

    assert (slack.calls, progress.found.undeleted) == ([], (SHOWN,))
    assert SubjectStep.MESSAGES not in progress.done


async def test_what_was_deleted_is_not_deleted_again() -> None:
    world, slack = await deleting(about("A", EVE))
    await world.erasing.erase(ACME, EVE, DELETED)

    progress = await world.erasing.erase(ACME, EVE, DELETED)

    assert (len(slack.calls), progress.subject and progress.subject.deleted) == (1, (SHOWN,))


async def test_nothing_is_deleted_where_nobody_asked_for_it() -> None:
    world, slack = await deleting(about("A", EVE))

    await world.erasing.erase(ACME, EVE)

    assert slack.calls == []


async def test_what_is_gone_already_is_deleted() -> None:
    world, _ = await deleting(about("A", EVE), ts1_000001=Gone("message_not_found"))

    assert (await world.erasing.erase(ACME, EVE, DELETED)).done == set(SubjectStep)


@pytest.mark.parametrize("answer", [Uneditable("cant_delete_message"), TokenDead("missing_scope")])
async def test_a_message_that_slack_does_not_delete_leaves_its_step_open_and_is_named(answer: Answer) -> None:
    world, slack = await deleting(about("A", EVE), ts1_000001=answer)

    progress = await world.erasing.erase(ACME, EVE, DELETED)

    assert set(SubjectStep) - progress.done == {SubjectStep.MESSAGES, SubjectStep.CERTIFY}
    assert progress.found.undeleted == (SHOWN,)
    left = await world.erasing.erase(ACME, EVE, DELETED, leave_stuck=True)
    assert (left.done, world.certificates[0].stuck) == (ALL, 1)
    assert len(slack.calls) == 2


async def test_a_run_that_ended_while_slack_was_away_goes_on_where_it_was() -> None:
    world, _ = await deleting(about("A", EVE), ts1_000001=Unreached("connection"))
    with pytest.raises(UnavailableError):
        await world.erasing.erase(ACME, EVE, DELETED)

    world.slack = slack = Deleting(world)
    progress = await world.erasing.erase(ACME, EVE, DELETED)

    assert ([call.method for _, call in slack.calls], progress.done) == (["chat.delete"], ALL)


async def test_a_call_in_flight_ends_first() -> None:
    world = await a_world(about("A", EVE), make=Slow)
    [group] = world.groups
    await world.memory.groups.apply([write(group, sending(group, Instant(NOON + HOUR)))])
    world.slack = slack = Deleting(world)

    progress = await world.erasing.erase(ACME, EVE, DELETED)

    assert (len(slack.calls), progress.done) == (1, ALL)
    assert slack.paused_when_called >= Slow.CALLS_LAST


async def test_a_message_that_was_posted_since_never_showed_the_person_and_stays() -> None:
    world, slack = await deleting(about("A", EVE))
    await world.erasing.erase(ACME, EVE)
    [group] = world.groups
    later = MessageRef("C1", f"{world.memory.store.clock.time // SECOND + 60}.000001")
    await world.memory.groups.apply([write(group, replace(group, message=later))])
    [known] = world.memory.store.tenants[ACME].subjects.all
    await world.memory.subjects.keep(ACME, replace(known, ended_at=NEVER))

    await world.erasing.erase(ACME, EVE, DELETED)

    assert slack.calls == []


async def test_without_a_token_it_is_named_and_the_message_is_edited() -> None:
    world, _ = await deleting(about("A", EVE))
    world.versions = type(world.versions)()

    with pytest.raises(OperationError, match="no token"):
        await world.erasing.erase(ACME, EVE, DELETED)
    assert (SHOWN, EVE in repr(world.groups)) == (world.groups[0].posted, False)
