"""Which of the keys that a gateway offers is believed: the newest, or the newest that is pinned.

Keys are rotated, and the pins of the next ones are not known before. So an earlier key that is pinned goes on, which
opens until it is destroyed, and the newest is named until it is pinned or the pin is gone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.seal.pin import NotPinnedError, pin_of, pinned
from router.core.seal.sent import PublicKeys, Suite
from router.http.problems import Problem
from router.observe.incident import Incidents
from router.ports.sender import Offer

_RETRY_AFTER_S: Final = 60
_REMEDY: Final = (
    "alert-router sealing pin TENANT, where the operator runs it, prints the right one: pin it if it is that"
)
_log = structlog.get_logger("router.sender")


@dataclass(frozen=True, slots=True)
class Pinning:
    """Holds keys against pins; `pins` gives those that are pinned now, None where any key is believed."""

    pins: Callable[[], frozenset[str] | None]
    outdated: Incidents = field(default_factory=Incidents)

    def chosen(self, tenant: TenantId, offer: Offer, suite: Suite) -> PublicKeys:
        """The keys to seal with.

        Raises:
            Problem: 503 where none of them is pinned.
        """
        pins = self.pins()
        if pins is None:
            return offer.keys
        try:
            keys = pinned((offer.keys, *offer.earlier), suite, pins)
        except NotPinnedError as error:
            raise Problem(503, "key-not-pinned", f"tenant {tenant!r}: {error}; {_REMEDY}", _RETRY_AFTER_S) from None
        newest = offer.keys.of(suite)
        if keys is not offer.keys and newest is not None and self.outdated.happens(f"{tenant}"):
            _log.warning("newest_key_not_pinned", tenant=tenant, offered=pin_of(newest), remedy=_REMEDY)
        return keys
