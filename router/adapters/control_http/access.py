"""The access document by a control API. A change is planned there, and made as it was asked for then."""

from dataclasses import replace

from router.adapters.control_http.asking import ControlServer, Question
from router.adapters.control_http.configurations import AskedChange, entry_of
from router.adapters.control_http.reading import AccessChangeFacts, VersionFacts, listed, number_in, read
from router.control.change import Change
from router.control.history import HistoryEntry
from router.errors import ChangedMeanwhileError, OperationError
from router.ports.access import INSTALLATION
from router.ports.control import KeptVersion
from router.ports.provenance import UNKNOWN, Provenance

_PATH = "/access"


class RemoteAccess:
    """See `AccessDocuments`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def plan(self, text: str, name: str) -> Change:
        """What applying a text would change."""
        return await self._dry_run(Question("PUT", _PATH, {"file": name}, text, await self._condition()))

    async def plan_rollback(self, version: int | None = None) -> Change:
        """What an earlier version would change."""
        query = {"to": version}
        return await self._dry_run(Question("POST", f"{_PATH}/rollback", query, None, await self._condition()))

    async def publish(self, change: Change, by: Provenance = UNKNOWN) -> None:
        """Make a change that was planned here; what is unchanged is not sent.

        Raises:
            ChangedMeanwhileError: the document was changed since.
            OperationError: it takes a second person, and is proposed; or the change was planned elsewhere.
        """
        if change.unchanged:
            return
        if not isinstance(change, AskedChange):
            raise OperationError("the change was not planned by this control API")
        asked = change.question
        answer = await self._server.ask(replace(asked, query={**asked.query, "message": by.message or None}))
        if where := answer.headers.get("Location"):
            raise OperationError(
                "the access document takes a second person; your change is proposed",
                remedy=f"have somebody else approve it: alert-router proposal approve {number_in(where)}",
            )

    async def history(self) -> list[HistoryEntry]:
        """The versions, newest first."""
        query = {"limit": 200}
        return [entry_of(one) async for one in listed(self._server, f"{_PATH}/versions", VersionFacts, query)]

    async def show(self, version: int | None = None) -> KeptVersion:
        """A version with its text."""
        path = _PATH if version is None else f"{_PATH}/versions/{version}"
        answer = await self._server.ask(Question("GET", path))
        number = answer.headers.get("ETag", "").strip('"')
        for one in await self.history():
            if str(one.kept.version) == number:
                kept = one.kept
                text = answer.body.decode("utf-8", "replace")
                return KeptVersion(kept.version, text, kept.applied_at, kept.active, kept.recorded)
        raise ChangedMeanwhileError("the access document was changed meanwhile", "ask again")

    async def _dry_run(self, asked: Question) -> AskedChange:
        answer = await self._server.ask(replace(asked, query={**asked.query, "dry_run": "true"}))
        found = read(answer, AccessChangeFacts)
        return AskedChange(
            tenant=INSTALLATION,
            before=found.before or 0,
            after=found.version,
            summary=found.summary,
            diff=found.diff,
            moving=0,
            text=asked.body if isinstance(asked.body, str) else "",
            source=str(asked.query.get("file", "")),
            question=asked,
        )

    async def _condition(self) -> dict[str, str]:
        """Of which version a change is made: of the one in force, or of none."""
        async for one in listed(self._server, f"{_PATH}/versions", VersionFacts, {"limit": 1}):
            return {"If-Match": f'"{one.version}"'}
        return {"If-None-Match": "*"}
