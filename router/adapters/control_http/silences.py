"""Tenants' silences by a control API."""

from typing import Any

from router.adapters.control_http.asking import ControlServer, Question
from router.adapters.control_http.reading import SilenceFacts, listed, read, tenant_path
from router.control.silences import ListedSilence, SilenceRequest
from router.core.match.matcher import parse_matchers
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, NEVER, to_rfc3339
from router.core.model.rules.silence import Silence, SilenceState
from router.errors import UnavailableError


class RemoteSilences:
    """See `Silencing`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def add(self, tenant: TenantId, request: SilenceRequest) -> Silence:
        """Store a new silence, of which the caller is the author."""
        answer = await self._server.ask(Question("POST", tenant_path(tenant, "silences"), body=_body(request)))
        return _silence(read(answer, SilenceFacts))

    async def listed(self, tenant: TenantId, *, expired: bool) -> list[ListedSilence]:
        """The silences that are active or to come, with `expired` also those that are over."""
        query = {"expired": "true" if expired else None}
        found = listed(self._server, tenant_path(tenant, "silences"), SilenceFacts, query)
        return [ListedSilence(_silence(one), one.state or SilenceState.ACTIVE) async for one in found]

    async def expire(self, tenant: TenantId, silence_id: str) -> bool:
        """End a silence now; one that is over counts as one that is not there."""
        await self._server.ask(Question("DELETE", tenant_path(tenant, "silences", silence_id)))
        return True


def _body(request: SilenceRequest) -> dict[str, Any]:
    has_end = request.ends_at != NEVER
    return {
        "matcher_sets": [list(one) for one in request.matcher_sets],
        "comment": request.comment,
        "duration": "" if has_end else f"{request.duration // MILLISECOND}ms",
        "starts_at": to_rfc3339(request.starts_at) if request.starts_at != NEVER else "",
        "ends_at": to_rfc3339(request.ends_at) if has_end else "",
        "replaces": request.replaces,
    }


def _silence(one: SilenceFacts) -> Silence:
    try:
        sets = tuple(tuple(matcher for text in some for matcher in parse_matchers(text)) for some in one.matcher_sets)
    except ValueError:
        raise UnavailableError("the control API answers with a silence that this release does not read") from None
    return Silence(one.id, sets, one.starts_at, one.ends_at, one.author, one.comment)
