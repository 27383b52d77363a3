"""People whose data is exported or erased, by a control API: its tenants' workers do what an erasure does."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final

from router.adapters.control_http.asking import ControlServer, Question
from router.adapters.control_http.reading import At, Read, read, tenant_path
from router.control.exporting import GROUPS, Line
from router.control.subject_erasing import SubjectMessages
from router.control.subject_looking import SubjectStep
from router.control.subject_report import SubjectReport
from router.core.model.alert import TenantId
from router.core.model.group import MessageRef
from router.core.model.instant import SECOND, Span
from router.errors import ConfigurationError
from router.ports.erasure import Remainder
from router.ports.subjects import SPREADS, ErasedSubject

_PAGE: Final = 200
_LOOKS: Final = 30
"""How often workers are waited for."""
_LOOK: Final = Span(SECOND)
_NOT_DELETED: Final = "no control API deletes messages; leave out --delete-messages, or --server"


class PlanFacts(Read):
    """What an erasure would find."""

    plan: str
    erasure: str | None
    alert_groups: int
    messages: int
    known_by: int


class PlaceFacts(Read):
    """Where a message is."""

    channel: str
    ts: str


class LeftFacts(Read):
    """What is left."""

    kind: str
    why: str
    until: At


class ErasureFacts(Read):
    """How far an erasure is."""

    erasure: str
    digest: str
    begun_at: At
    ended_at: At
    until: At
    steps: dict[str, str]
    alert_groups: int
    messages: int
    waiting: tuple[PlaceFacts, ...]
    stuck: tuple[PlaceFacts, ...]
    known_by: int
    hidden: int
    left: tuple[LeftFacts, ...]


class ExportPage(Read):
    """A page of an export."""

    items: tuple[dict[str, object], ...]
    next: str = ""


class RemotePeople:
    """See `People`."""

    def __init__(self, server: ControlServer, pause: Callable[[Span], Awaitable[None]]) -> None:
        self._server = server
        self._pause = pause

    async def plan(self, tenant: TenantId, value: str) -> SubjectReport:
        """What is stored of a person now, and how far an erasure has come."""
        found = await self._planned(tenant, value)
        if found.erasure is not None:
            return await self._standing(tenant, found.erasure)
        return SubjectReport(None, found.alert_groups, found.messages, found.known_by)

    async def erase(
        self, tenant: TenantId, value: str, messages: SubjectMessages, *, leave_stuck: bool
    ) -> SubjectReport:
        """Have a person erased, and wait half a minute for it; then it may be open.

        Raises:
            ConfigurationError: messages are to be deleted.
        """
        if messages is SubjectMessages.DELETED:
            raise ConfigurationError(_NOT_DELETED)
        body = {"value": value, "plan": (await self._planned(tenant, value)).plan}
        begun = read(await self._server.ask(_post(tenant, "erasures", body=body)), ErasureFacts)
        report = await self._worked_on(tenant, begun.erasure, leave_stuck=leave_stuck)
        if not _is_done(report, leave_stuck=leave_stuck):
            return report
        return await self._certified(tenant, begun.erasure, leave_stuck=leave_stuck)

    async def export(self, tenant: TenantId, value: str) -> AsyncIterator[Line]:
        """The alert groups that hold a person, as lines of their file."""
        page = ExportPage(items=(), next="")
        while True:
            query = {"limit": _PAGE, "cursor": page.next or None}
            asked = Question("POST", tenant_path(tenant, "subjects", "export"), query, {"value": value})
            page = read(await self._server.ask(asked), ExportPage)
            for one in page.items:
                yield Line(GROUPS, json.dumps(one, ensure_ascii=False))
            if not page.next:
                return

    async def _planned(self, tenant: TenantId, value: str) -> PlanFacts:
        return read(await self._server.ask(_post(tenant, "subjects", "plan", body={"value": value})), PlanFacts)

    async def _standing(self, tenant: TenantId, erasure: str) -> SubjectReport:
        asked = Question("GET", tenant_path(tenant, "erasures", erasure))
        return _report(read(await self._server.ask(asked), ErasureFacts))

    async def _worked_on(self, tenant: TenantId, erasure: str, *, leave_stuck: bool) -> SubjectReport:
        """How far it is once workers are done, or were waited for."""
        await self._pause(SPREADS)
        for _ in range(_LOOKS):
            report = await self._standing(tenant, erasure)
            if _is_done(report, leave_stuck=leave_stuck):
                return report
            await self._pause(_LOOK)
        return await self._standing(tenant, erasure)

    async def _certified(self, tenant: TenantId, erasure: str, *, leave_stuck: bool) -> SubjectReport:
        asked = _post(tenant, "erasures", erasure, "certify", body={"leave_messages": leave_stuck})
        return _report(read(await self._server.ask(asked), ErasureFacts))


def _post(tenant: TenantId, *below: str, body: Mapping[str, object]) -> Question:
    return Question("POST", tenant_path(tenant, *below), body=body)


def _is_done(report: SubjectReport, *, leave_stuck: bool) -> bool:
    """Whether it can be certified."""
    left = set(SubjectStep) - report.done - {SubjectStep.CERTIFY}
    return not left or (leave_stuck and left == {SubjectStep.MESSAGES} and not report.waiting)


def _report(found: ErasureFacts) -> SubjectReport:
    subject = ErasedSubject(
        found.erasure, bytes.fromhex(found.digest), found.until, found.begun_at, found.ended_at, found.hidden
    )
    return SubjectReport(
        subject=subject,
        alert_groups=found.alert_groups,
        shown=found.messages,
        known_by=found.known_by,
        waiting=tuple(MessageRef(one.channel, one.ts) for one in found.waiting),
        stuck=tuple(MessageRef(one.channel, one.ts) for one in found.stuck),
        left=tuple(Remainder(one.kind, one.why, one.until) for one in found.left),
        done=frozenset(step for step in SubjectStep if found.steps.get(step) == "done"),
    )
