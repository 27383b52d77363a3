"""What a control API answers of people whose data a tenant exports or erases.

That somebody is looked for is noted in the audit log before anybody is. An API has no keys of tenants: of one with
keys of its own it says where to ask.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from router.config.stored import has_own_keys
from router.control.exporting import exported_group
from router.control.kinds.erasing import left_of_person
from router.control.noted_silences import Note, noted
from router.control.subject_certificate import certified
from router.control.subject_groups import without
from router.control.subject_looking import SubjectLooking, SubjectProgress
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.key import GroupId
from router.errors import ChangedMeanwhileError, OperationError
from router.ports.audit import Entry
from router.ports.control import PagedGroups
from router.ports.state import UnknownForm
from router.ports.subjects import SPREADS, ErasedSubject

_EXAMINED: Final = 1_000
"""Groups of a tenant that are read for one page."""
_AT_ONCE: Final = 50
_CHARACTERS: Final = 4 << 20
"""Of a page: no further group follows once it has as many."""


@dataclass(frozen=True, slots=True)
class SubjectPage:
    """Some groups that hold a person, for JSON; `after` is where the next page begins, "" where all were seen.

    `unreadable` counts the groups of which nobody could see whom they name.
    """

    groups: tuple[dict[str, Any], ...]
    unreadable: int
    after: GroupId


@dataclass(slots=True)
class _Filling:
    """A page while it is filled."""

    groups: list[dict[str, Any]] = field(default_factory=list)
    size: int = 0
    unreadable: int = 0

    def take(self, group: AlertGroup) -> None:
        """One that holds the person."""
        self.groups.append(exported_group(group))
        self.size += len(json.dumps(self.groups[-1]))

    def is_full(self, limit: int) -> bool:
        """Whether no further group is to follow."""
        return len(self.groups) == limit or self.size >= _CHARACTERS

    def page(self, after: GroupId) -> SubjectPage:
        """The page, and where the next one begins."""
        return SubjectPage(tuple(self.groups), self.unreadable, after)


@dataclass(frozen=True, slots=True)
class SubjectPlan:
    """What an erasure would find, and by which digest it is asked for."""

    digest: str
    progress: SubjectProgress


@dataclass(frozen=True, slots=True)
class SubjectRequests:
    """What is asked of one API; all raise OperationError where the tenant declares nothing personal, or is sealed."""

    looking: SubjectLooking
    groups: PagedGroups
    note: Note

    async def export(self, tenant: TenantId, value: str, after: GroupId, limit: int, entry: Entry) -> SubjectPage:
        """The next groups that hold a person, at most `limit`: fewer, or none, where many others were read."""
        await self._check(tenant)
        sought = await self.looking.sought(tenant, value)
        await self.note(entry)
        ids, now = await self.groups.ids(tenant, after, _EXAMINED), await self.looking.clock.now()
        filling = _Filling()
        for start in range(0, len(ids), _AT_ONCE):
            for place, group in enumerate(await self.groups.load(tenant, ids[start : start + _AT_ONCE]), start):
                if isinstance(group, AlertGroup) and without(sought.rules, group, now) is not None:
                    filling.take(group)
                filling.unreadable += isinstance(group, UnknownForm)
                if filling.is_full(limit):
                    return filling.page(ids[place])
        return filling.page(ids[-1] if len(ids) == _EXAMINED else GroupId(""))

    async def plan(self, tenant: TenantId, value: str, entry: Entry) -> SubjectPlan:
        """What is stored of a person now; nothing is changed."""
        await self._check(tenant)
        await self.note(entry)
        progress = await self.looking.plan(tenant, value)
        return SubjectPlan(plan_digest(tenant, value, progress), progress)

    async def listed(self, tenant: TenantId) -> Sequence[ErasedSubject]:
        """The people on the tenant's list, by the ids of their erasures."""
        listed = await self.looking.lists.of(tenant)
        return sorted(listed.all, key=lambda one: one.subject_id)

    async def standing(self, tenant: TenantId, subject_id: str) -> SubjectProgress | None:
        """How far an erasure is, and what it leaves; None where there is none of this id."""
        await self._check(tenant)
        found = await self.looking.standing(tenant, subject_id)
        return None if found is None else await self._whole(found)

    async def _whole(self, progress: SubjectProgress) -> SubjectProgress:
        """With what is left, and with how many groups have the mark by now."""
        left = left_of_person(self.looking.kept, await self.looking.clock.now())
        subject = progress.subject
        return replace(progress, subject=None if subject is None else _marked(subject, progress), left=left)

    async def begin(
        self, tenant: TenantId, value: str, digest: str, entry: Entry
    ) -> tuple[ErasedSubject, SubjectProgress]:
        """Put a person on the list who was planned with this digest; one whose erasure is open stays there as it is.

        Returns whom, and how far the erasure is.

        Raises:
            ChangedMeanwhileError: the plan would be another one now.
        """
        await self._check(tenant)
        before = await self.looking.plan(tenant, value)
        is_open = before.subject is not None and not before.subject.ended_at
        if not is_open and plan_digest(tenant, value, before) != digest:
            raise ChangedMeanwhileError("what is stored of the person is not as it was planned", "plan it again")
        begun, _ = await noted(self.note, entry, lambda: self.looking.begin(tenant, value))
        subject = _marked(begun, before)
        return subject, await self._whole(replace(before, subject=subject))

    async def certify(
        self, tenant: TenantId, subject_id: str, entry: Entry, *, leave_stuck: bool
    ) -> SubjectProgress | None:
        """Append the certificate of an erasure whose steps are done; how far it is, None where there is none."""
        found = await self.standing(tenant, subject_id)
        if found is None or found.subject is None:
            return None
        now, subject = await self.looking.clock.now(), found.subject
        progress = replace(found, leaves_stuck=leave_stuck)
        certificate = certified(progress, self.looking.kept, now)
        if certificate is None or now < subject.begun_at + SPREADS:
            return progress
        whole, ended = replace(entry, diff=certificate.differences, reason=certificate.summary), certificate.subject
        await noted(self.note, whole, lambda: self.looking.lists.keep(tenant, ended))
        return replace(progress, subject=ended)

    async def _check(self, tenant: TenantId) -> None:
        active = await self.looking.tenants.active(tenant)
        if active is not None and has_own_keys(active.text):
            raise OperationError(
                f"what is stored of tenant {tenant!r} is sealed with keys of its own, which no control API has",
                remedy="ask it where workers' keys are: alert-router subject export|erase, without --server",
            )


def _marked(subject: ErasedSubject, progress: SubjectProgress) -> ErasedSubject:
    """With how many groups have the mark by now."""
    return replace(subject, hidden=max(subject.hidden, progress.found.marked))


def plan_digest(tenant: TenantId, value: str, progress: SubjectProgress) -> str:
    """Of all that a plan shows, and of whom: another one where anything of it is otherwise."""
    return hashlib.sha256(json.dumps([tenant, value.casefold(), *_shown(progress)]).encode()).hexdigest()


def _shown(progress: SubjectProgress) -> Iterator[object]:
    found, subject = progress.found, progress.subject
    yield sorted(one.key.group_id for one in found.holding)
    yield found.known_by
    yield None if subject is None else [subject.subject_id, subject.begun_at, subject.ended_at]
