"""How many connections a server holds, in all and of one peer, and which of them gives way when one more comes.

One more is always let in where a connection of its peer, or of the peer that has most, only waits: for its first
request, for the next one, or for the rest of a body that was refused. The one that has waited longest is closed. So
whoever opens connections and says nothing takes them from himself. Where all are at work, the new one is closed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Final, Protocol

import structlog

from router.observe.incident import Incident

_NETWORK_BITS: Final = 64
"""Of an IPv6 address: what one site is given, with all the addresses in it."""

_log = structlog.get_logger("router.http")


class Ended(StrEnum):
    """Why the server ended a connection; also a label of its metric."""

    GAVE_WAY = "gave_way"
    REFUSED = "refused"
    HEAD_TOO_SLOW = "head_too_slow"
    REQUEST_TOO_SLOW = "request_too_slow"
    NO_TLS = "no_tls"


class Held(Protocol):
    """A connection."""

    @property
    def waits(self) -> bool:
        """Whether no request of it is being answered."""

    def give_way(self) -> None:
        """Close it at once."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How many connections a server holds at once, and how many of them one peer may have."""

    in_all: int = 2048
    per_peer: int = 512


class Connections:
    """The connections of one server by peer, each peer's in the order of their last request."""

    def __init__(self, limits: ConnectionLimits, ended: Callable[[Ended], None]) -> None:
        self._limits = limits
        self._ended = ended
        self._by_peer: dict[str, dict[Held, None]] = {}
        self._full = Incident()
        self.count = 0

    def admit(self, peer: str, connection: Held) -> bool:
        """Whether there is room, if need be that of one that waits; the connection is held from then on."""
        if not self._has_room(peer):
            self._ended(Ended.REFUSED)
            return False
        self._by_peer.setdefault(peer, {})[connection] = None
        self.count += 1
        return True

    def asks(self, peer: str, connection: Held) -> None:
        """A request of it begins: it is the last one now that gives way."""
        own = self._by_peer.get(peer, {})
        if connection in own:
            del own[connection]
            own[connection] = None

    def gone(self, peer: str, connection: Held) -> None:
        """It is closed; nothing happens when that is known."""
        own = self._by_peer.get(peer, {})
        if connection in own:
            del own[connection]
            self.count -= 1
        if not own:
            self._by_peer.pop(peer, None)

    def _has_room(self, peer: str) -> bool:
        own = len(self._by_peer.get(peer, {}))
        if own >= self._limits.per_peer:
            return self._make_room([peer], "connections_per_peer")
        if self.count >= self._limits.in_all:
            return self._make_room(sorted(self._by_peer, key=self._held_by, reverse=True), "connections")
        return True

    def _held_by(self, peer: str) -> int:
        return len(self._by_peer[peer])

    def _make_room(self, peers: Iterable[str], limit: str) -> bool:
        for peer in peers:
            if self._full.happens(limit):
                _log.warning("connections_full", limit=limit, peer=peer, times=self._full.times)
            longest = next((one for one in self._by_peer[peer] if one.waits), None)
            if longest is not None:
                self.gone(peer, longest)
                self._ended(Ended.GAVE_WAY)
                longest.give_way()
                return True
        return False


def peer_of(address: str) -> str:
    """Whose address it is: an IPv4 address, or the network of an IPv6 address."""
    found = ip_address(address.partition("%")[0])
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    bits = 128 - _NETWORK_BITS
    return f"{IPv6Address(int(found) >> bits << bits)}/{_NETWORK_BITS}"
