"""A person is erased from stored alert groups, messages are waited for, and it is certified without the value."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Final

import pytest

from router.config import stored
from router.control.by_hand import CallsByHand
from router.control.subject_certificate import SubjectCertificate
from router.control.subject_erasing import (
    SubjectEngines,
    SubjectErasing,
)
from router.control.subject_looking import MAX_SUBJECTS, SubjectStep
from router.core.model.alert import AlertId, TenantId
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import HOUR, NEVER, SECOND, Instant, Span
from router.core.model.key import GroupId
from router.core.model.phase import Idle
from router.errors import OperationError
from router.ports.state import UnknownForm
from router.ports.subjects import ErasedSubject
from tests.adapters.builders import ACME, NOON, a_content, idle, waiting, write
from tests.bounds import tries
from tests.config.samples import EXAMPLE
from tests.contracts.engines import InMemory
from tests.control.fakes import FakeSlack, FakeVersions, a_toolbox, content
from tests.control.kinds.test_erasing import KEPT

EVE: Final = "eve@example.com"
PERSONAL: Final = f"{EXAMPLE}personal: {{labels: [user]}}\n"
SHOWN: Final = MessageRef("C1", "1.000001")


def about(name: str, user: str, *, takes_no_edits: bool = False) -> AlertGroup:
    """A group with a message, in which an alert fires that names somebody."""
    group = idle(waiting(name), message=SHOWN, firing=1)
    alerts = {AlertId(one): replace(alert, content=a_content(user=user)) for one, alert in group.alerts.items()}
    return replace(group, alerts=alerts, takes_no_edits=takes_no_edits)


@dataclass
class World:
    """What is stored, and workers that edit what is due while time passes."""

    memory: InMemory = field(default_factory=InMemory)
    certificates: list[SubjectCertificate] = field(default_factory=list)
    workers_edit: bool = True
    slack: FakeSlack = field(default_factory=FakeSlack)
    versions: FakeVersions = field(default_factory=FakeVersions)

    async def everything(self, tenant: TenantId) -> AsyncIterator[AlertGroup]:
        for one in list(self.groups):
            yield one

    async def unread(self, tenant: TenantId) -> int:
        return sum(isinstance(one, UnknownForm) for one in self.memory.store.tenants[tenant].groups.values())

    @property
    def groups(self) -> list[AlertGroup]:
        return [one for one in self.memory.store.tenants[ACME].groups.values() if isinstance(one, AlertGroup)]

    async def pause(self, span: Span) -> None:
        self.memory.store.clock.time = Instant(self.memory.store.clock.time + span)
        for one in self.groups if self.workers_edit else ():
            edited = replace(one, refresh_due=False, phase=Idle(), config_version=1)
            await self.memory.groups.apply([write(one, edited)])

    async def certify(self, tenant: TenantId, certificate: SubjectCertificate) -> None:
        self.certificates.append(certificate)

    @property
    def erasing(self) -> SubjectErasing:
        memory = self.memory
        toolbox = replace(a_toolbox(self.versions), slack=self.slack)
        calls = CallsByHand(toolbox, self.pause, Span(0))
        engines = SubjectEngines(
            self, memory.groups, memory.subjects, memory.tenants, memory.turns, memory.clock, calls
        )
        return SubjectErasing(engines, self.pause, self.certify, KEPT, Span(3 * SECOND))


async def a_world(
    *groups: AlertGroup, text: str = PERSONAL, workers_edit: bool = True, make: type[World] = World
) -> World:
    world = make(workers_edit=workers_edit)
    for one in (world.memory.tenants, world.versions):
        await one.publish(ACME, stored.dump(content(text).document, text))
    await world.memory.groups.apply([write(AlertGroup(one.key), one) for one in groups])
    return world


async def test_what_holds_a_person_is_found_and_nothing_else() -> None:
    world = await a_world(about("A", EVE), about("B", "bob@example.com"))

    progress = await world.erasing.plan(ACME, EVE.upper())

    assert [one.key for one in progress.found.holding] == [about("A", EVE).key]
    assert (progress.subject, progress.found.shown, world.memory.store.tenants[ACME].subjects.all) == (None, 1, ())
    assert [one.key for one in await world.erasing.holding(ACME, EVE)] == [about("A", EVE).key]


async def test_a_person_is_erased_and_certified_without_the_value() -> None:
    world = await a_world(about("A", EVE), about("B", "bob@example.com"))

    progress = await world.erasing.erase(ACME, EVE)

    assert progress.done == set(SubjectStep)
    [certificate] = world.certificates
    assert (certificate.subject, certificate.shown, certificate.stuck) == (progress.subject, 1, 0)
    assert EVE not in repr((certificate, world.memory.store.tenants[ACME]))
    assert "bob@example.com" in repr(world.groups)
    inbound = next(one for one in certificate.left if one.kind == "Kafka:kafka.inbound_topic")
    assert inbound.until > NOON


async def test_the_list_lasts_as_long_as_kafka_may_bring_the_person_back() -> None:
    world = await a_world(about("A", EVE))

    subject = (await world.erasing.erase(ACME, EVE)).subject

    assert subject is not None
    assert subject.until - subject.begun_at == KEPT["kafka.inbound_topic"] + KEPT["kafka.held_topic"]


async def test_a_message_that_is_not_edited_leaves_its_step_open_and_is_named() -> None:
    world = await a_world(about("A", EVE), workers_edit=False)

    progress = await world.erasing.erase(ACME, EVE)

    assert set(SubjectStep) - progress.done == {SubjectStep.MESSAGES, SubjectStep.CERTIFY}
    assert progress.found.waiting == (SHOWN,)
    assert world.certificates == []
    world.workers_edit = True
    again = await world.erasing.erase(ACME, EVE)
    assert again.done == set(SubjectStep)
    assert again.subject is not None
    assert progress.subject is not None
    assert again.subject.subject_id == progress.subject.subject_id
    assert len(world.certificates) == 1


async def test_a_message_that_slack_edits_no_more_is_left_only_if_that_is_asked_for() -> None:
    world = await a_world(about("A", EVE, takes_no_edits=True))

    progress = await world.erasing.erase(ACME, EVE)

    assert (SubjectStep.MESSAGES in progress.done, progress.found.stuck) == (False, (SHOWN,))
    assert SubjectStep.CERTIFY in (await world.erasing.erase(ACME, EVE, leave_stuck=True)).done


async def test_whoever_was_erased_is_erased_again_under_the_same_mark() -> None:
    world = await a_world(about("A", EVE))
    first = (await world.erasing.erase(ACME, EVE)).subject
    await world.memory.groups.apply([write(AlertGroup(about("C", EVE).key), about("C", EVE))])

    second = (await world.erasing.erase(ACME, EVE)).subject

    assert first is not None
    assert second is not None
    assert (second.mark, second.until > first.until, len(world.certificates)) == (first.mark, True, 2)
    assert EVE not in repr(world.groups)


async def test_without_anything_declared_personal_nobody_knows_where_to_look() -> None:
    world = await a_world(about("A", EVE), text=EXAMPLE)

    with pytest.raises(OperationError, match="declares no personal labels or annotations"):
        await world.erasing.erase(ACME, EVE)
    with pytest.raises(OperationError, match="has no configuration"):
        await world.erasing.plan(TenantId("nobody"), EVE)


async def test_while_nobody_can_read_a_group_nobody_is_certified_to_be_in_none() -> None:
    world = await a_world(about("A", EVE))
    destroyed = UnknownForm(GroupId("sealed"), "3, destroyed")
    world.memory.store.tenants[ACME].groups[destroyed.group] = destroyed

    for asked in (world.erasing.plan(ACME, EVE), world.erasing.erase(ACME, EVE)):
        with pytest.raises(OperationError, match="1 alert groups of tenant 'acme' cannot be read"):
            await asked
    assert world.certificates == []


@tries("people on a tenant's list")
async def test_a_list_holds_so_many_people(beyond: int) -> None:
    world = await a_world(about("A", EVE))
    await world.memory.subjects.begin(ACME, b"k" * 32)
    until = Instant(world.memory.store.clock.time + HOUR)
    for number in range(MAX_SUBJECTS - 1 + beyond):
        one = ErasedSubject(f"{number:08x}", number.to_bytes(16), until, NEVER)
        await world.memory.subjects.keep(ACME, one)

    if beyond > 0:
        with pytest.raises(OperationError, match="the most it may have"):
            await world.erasing.erase(ACME, EVE)
    else:
        assert (await world.erasing.erase(ACME, EVE)).done == set(SubjectStep)
