"""What events tell of lost groups: where each was shown last, and which tenants are suspended."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic_core import from_json

from router.core.engine import Place
from router.core.model.alert import TenantId
from router.core.model.event import EventKind
from router.core.model.key import GroupId
from router.core.model.ledger import Suppressed
from router.ports.events import FORM, read_place
from router.ports.kafka import Record

_HOLDS: Final = {EventKind.SENDING_HELD: True, EventKind.SENDING_RELEASED: False}
_ALONE: Final = "tenant"
"""The reason of a hold of one tenant, which is that it is suspended."""


class Trail:
    """The last traces of the groups of some tenants; events may come twice."""

    def __init__(self, tenants: Collection[TenantId]) -> None:
        self._tenants = frozenset(tenants)
        self._places: dict[tuple[TenantId, GroupId], Place] = {}
        self._newest: dict[tuple[TenantId, str], int] = {}
        self._suspended: dict[TenantId, bool] = {}

    def follow(self, records: Sequence[Record]) -> None:
        """Take in some events; what cannot be read leaves no trace."""
        for one in records:
            tenant = (one.key or b"").partition(b"/")[0].decode(errors="replace")
            if tenant in self._tenants:
                self._take(one.value or b"")

    def places(self, tenant: TenantId) -> list[Place]:
        """Where the tenant's groups were shown last; not those whose message is gone."""
        mine = {group: place for (owner, group), place in self._places.items() if owner == tenant}
        lives = {group: place.digest.life for group, place in mine.items() if place.digest and not place.is_over}
        return [
            replace(one, digest_life=lives.get(one.counted_by.digest)) if one.counted_by else one
            for one in mine.values()
        ]

    @property
    def suspended(self) -> list[TenantId]:
        """The tenants that an operator has suspended, and not resumed since."""
        return [tenant for tenant, is_suspended in self._suspended.items() if is_suspended]

    def _take(self, value: bytes) -> None:
        try:
            body = from_json(value)
            if body["v"] == FORM and self._is_news(body):
                self._note(body)
        except (ValueError, KeyError, TypeError):
            return

    def _is_news(self, body: Mapping[str, Any]) -> bool:
        place, sequence = (body["tenant"], body.get("group") or body.get("reason", "")), int(body["sequence"])
        if self._newest.get(place, -1) >= sequence:
            return False
        self._newest[place] = sequence
        return True

    def _note(self, body: Mapping[str, Any]) -> None:
        tenant, kind = TenantId(body["tenant"]), body["event"]
        if kind in _HOLDS:
            if body["reason"] == _ALONE:
                self._suspended[tenant] = _HOLDS[kind]
        elif _is_gone(body):
            self._places.pop((tenant, GroupId(body["group"])), None)
        elif kind == EventKind.SENT and "shown" in body.get("digest", body.get("counted_by", body)):
            self._places[tenant, GroupId(body["group"])] = read_place(body)


def _is_gone(body: Mapping[str, Any]) -> bool:
    """Whether the event ends what was shown: a reply whose message is gone, or a group that nobody shows any more.

    So does a digest that counts the group where that is not noted, since it is known by what is redacted.
    """
    if body["event"] == EventKind.SENT:
        return body["message"] is None or "shown" not in body.get("counted_by", {"shown": None})
    return bool(body["event"] == EventKind.SUPPRESSED and body["reason"] == Suppressed.MESSAGE_GONE)
