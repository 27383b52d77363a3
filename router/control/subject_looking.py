"""What is stored of a person, and how far an erasure has come: looked up each time, and nothing is changed."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from router.config.compile.tenant import load_tenant
from router.control.subject_groups import has_mark, without
from router.core.decide.erase import is_known_by
from router.core.match.subject import subject_digest
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import Instant, Span
from router.core.model.rules.tenant import Tenant
from router.errors import OperationError
from router.ports.clock import Clock
from router.ports.control import StoredGroups
from router.ports.erasure import Remainder
from router.ports.subjects import ErasedSubject, SubjectLists, subjects_of
from router.ports.tenants import Tenants

MAX_SUBJECTS: Final = 1_000
"""People on a tenant's list at once."""

_KEY_BYTES: Final = 32
_ID_BYTES: Final = 4


class SubjectStep(StrEnum):
    """What an erasure does, in this order."""

    LIST = "list"
    """Ingest hides the person from now on."""
    GROUPS = "alert_groups"
    """No alert group holds the person."""
    MESSAGES = "messages"
    """Each message that showed the person was edited, or deleted."""
    KEYS = "group_keys"
    """No alert group is known by the person any more."""
    CERTIFY = "certify"


@dataclass(frozen=True, slots=True)
class SubjectFound:
    """What is left of a person: alert groups that hold it, messages that are to be edited, groups known by it.

    `shown` counts the messages of all of these and of groups that have marks by now, but for those that were deleted.
    `marked` counts the groups that have the mark.
    `stuck` are the messages of them that Slack edits no more, `undeleted` those that were to be deleted and were not.
    """

    holding: tuple[AlertGroup, ...] = ()
    waiting: tuple[MessageRef, ...] = ()
    stuck: tuple[MessageRef, ...] = ()
    known_by: int = 0
    shown: int = 0
    undeleted: tuple[MessageRef, ...] = ()
    marked: int = 0


@dataclass(frozen=True, slots=True)
class SubjectProgress:
    """How far an erasure has come; `subject` is None where none was begun."""

    subject: ErasedSubject | None
    found: SubjectFound
    left: tuple[Remainder, ...] = ()
    leaves_stuck: bool = False
    """Whether messages that Slack neither edits nor deletes are left as they are."""

    @property
    def done(self) -> frozenset[SubjectStep]:
        """The steps that are done."""
        steps = {
            SubjectStep.LIST: self.subject is not None,
            SubjectStep.GROUPS: not self.found.holding,
            SubjectStep.MESSAGES: not self.found.waiting
            and (self.leaves_stuck or not (self.found.stuck or self.found.undeleted)),
            SubjectStep.KEYS: not self.found.known_by,
            SubjectStep.CERTIFY: self.subject is not None and bool(self.subject.ended_at),
        }
        return frozenset(step for step, is_done in steps.items() if is_done)

    @property
    def open(self) -> frozenset[SubjectStep]:
        """The steps that are not."""
        return frozenset(SubjectStep) - self.done


@dataclass(frozen=True, slots=True)
class Sought:
    """A person who is looked for, by rules that have this one alone as erased; `listed` is as the list has it."""

    rules: Tenant
    subject: ErasedSubject
    listed: ErasedSubject | None


@dataclass(frozen=True, slots=True)
class SubjectLooking:
    """Looks people up; `kept` is for how long each topic keeps records, by the setting that names it."""

    groups: StoredGroups
    lists: SubjectLists
    tenants: Tenants
    clock: Clock
    kept: Mapping[str, Span]

    async def plan(self, tenant: TenantId, value: str) -> SubjectProgress:
        """What is stored of a person now, and how far an erasure has come.

        Raises:
            OperationError: the tenant has no configuration that can be read, or declares nothing personal.
        """
        sought = await self.sought(tenant, value)
        return SubjectProgress(sought.listed, await self.look(sought.rules, sought.subject))

    async def holding(self, tenant: TenantId, value: str) -> Sequence[AlertGroup]:
        """The alert groups that hold a person now; raises as `plan`."""
        return (await self.plan(tenant, value)).found.holding

    async def sought(self, tenant: TenantId, value: str) -> Sought:
        """A person, by what names them; raises as `plan`."""
        listed = await self.lists.of(tenant)
        key = listed.key or secrets.token_bytes(_KEY_BYTES)
        known = listed.find(subject_digest(key, value)) if listed.key else None
        subject = known or await self.new(key, value)
        return Sought(await self.rules(tenant, key, subject), subject, known)

    async def standing(self, tenant: TenantId, subject_id: str) -> SubjectProgress | None:
        """How far the erasure of this id has come; None where there is none; raises as `plan`."""
        listed = await self.lists.of(tenant)
        subject = next((one for one in listed.all if one.subject_id == subject_id), None)
        if subject is None:
            return None
        return SubjectProgress(subject, await self.look(await self.rules(tenant, listed.key, subject), subject))

    async def begin(self, tenant: TenantId, value: str) -> tuple[ErasedSubject, bytes]:
        """The person on the list, from now on if not before, and its key; one whose erasure has ended begins again.

        Raises:
            OperationError: as `plan`, or the list is full.
        """
        await self.personal(tenant)
        key = await self.lists.begin(tenant, secrets.token_bytes(_KEY_BYTES))
        listed = await self.lists.of(tenant)
        known = listed.find(subject_digest(key, value))
        if known is not None and not known.ended_at:
            return known, key
        if known is None and len(listed.all) >= MAX_SUBJECTS:
            raise OperationError(
                f"tenant {tenant!r} has {MAX_SUBJECTS} people on its list, the most it may have",
                remedy="wait until the time of the first has passed",
            )
        fresh = await self.new(key, value)
        subject = fresh if known is None else replace(fresh, subject_id=known.subject_id, deleted=known.deleted)
        await self.lists.keep(tenant, subject)
        return subject, key

    async def new(self, key: bytes, value: str) -> ErasedSubject:
        """Somebody who is on no list yet."""
        now = await self.clock.now()
        until = Instant(now + self.kept["kafka.inbound_topic"] + self.kept["kafka.held_topic"])
        return ErasedSubject(secrets.token_hex(_ID_BYTES), subject_digest(key, value), until, now)

    async def personal(self, tenant: TenantId) -> Tenant:
        """The tenant's rules; raises as `plan`."""
        active = await self.tenants.active(tenant)
        if active is None:
            raise OperationError(f"tenant {tenant!r} has no configuration", remedy="see: alert-router tenant list")
        rules = load_tenant(active.text, active.version)
        if not rules.personal:
            raise OperationError(
                f"tenant {tenant!r} declares no personal labels or annotations, so nobody knows where to look",
                remedy="name them in its file: personal: {labels: [...], annotations: [...]}",
            )
        return rules

    async def rules(self, tenant: TenantId, key: bytes, subject: ErasedSubject) -> Tenant:
        """The tenant's rules, by which this person alone is erased."""
        return (await self.personal(tenant)).without(subjects_of(key, [subject]))

    async def look(self, rules: Tenant, subject: ErasedSubject) -> SubjectFound:
        """What is left of a person in all groups of the tenant.

        Raises:
            OperationError: of some nobody can say whom they name.
        """
        if unread := await self.groups.unread(rules.tenant_id):
            raise OperationError(
                f"{unread} alert groups of tenant {rules.tenant_id!r} cannot be read: nobody can say whom they name",
                remedy="their keys were destroyed, or a newer release stored them: delete their messages in Slack by"
                " hand, and ask again once they are forgotten (docs/retention.md)",
            )
        now, seen = await self.clock.now(), _Seen()
        async for group in self.groups.everything(rules.tenant_id):
            is_known, holds = is_known_by(group, rules.erased), without(rules, group, now) is not None
            if is_known or holds or has_mark(group, subject.mark):
                seen.take(group, subject, is_known=is_known, holds=holds)
        return seen.found()


@dataclass(slots=True)
class _Seen:
    """What a look at all groups has found."""

    holding: list[AlertGroup] = field(default_factory=list)
    waiting: list[MessageRef] = field(default_factory=list)
    stuck: list[MessageRef] = field(default_factory=list)
    known_by: int = 0
    shown: int = 0
    marked: int = 0

    def take(self, group: AlertGroup, subject: ErasedSubject, *, is_known: bool, holds: bool) -> None:
        """One that is about the person."""
        if holds:
            self.holding.append(group)
        self.known_by += is_known
        self.marked += not holds and has_mark(group, subject.mark)
        if group.posted is None or group.posted in subject.deleted:
            return
        self.shown += 1
        if group.takes_no_edits:
            self.stuck.append(group.posted)
        elif group.refresh_due or group.is_called:
            self.waiting.append(group.posted)

    def found(self) -> SubjectFound:
        """All of it."""
        return SubjectFound(
            tuple(self.holding),
            tuple(self.waiting),
            tuple(self.stuck),
            self.known_by,
            self.shown,
            marked=self.marked,
        )
