"""The audit log by a control API: entries without their proofs, which only the log itself has."""

import json
from collections.abc import Sequence
from typing import Any

from router.adapters.control_http.asking import ControlServer
from router.adapters.control_http.reading import pages, tenant_path
from router.control.audit.reading import stamp_of
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.errors import UnavailableError
from router.ports.audit import AuditRow

_PAGE = 200


class RemoteAudit:
    """See `AuditEntries`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def newest(self, tenant: TenantId | None, before: int | None, limit: int) -> Sequence[AuditRow]:
        """The newest rows before an entry, newest first."""
        path = "/audit" if tenant is None else tenant_path(tenant, "audit")
        rows: list[AuditRow] = []
        async for page in pages(self._server, path, {"limit": min(limit, _PAGE), "before": before}):
            rows += map(_row, page.items)
            if len(rows) >= limit:
                break
        return rows[:limit]


def _row(fields: dict[str, Any]) -> AuditRow:
    """Written as the log writes entries; only who has its bytes can prove that they are the same."""
    entry = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    content = entry.encode("utf-8", "backslashreplace")
    try:
        stamp = stamp_of(content)
    except ValueError:
        seq = fields.get("seq")
        if not isinstance(seq, int):
            raise UnavailableError("the control API answers with what is not an audit entry") from None
        return AuditRow(seq, content, b"", None, NEVER)
    return AuditRow(stamp.seq, content, b"", stamp.tenant, stamp.at)
