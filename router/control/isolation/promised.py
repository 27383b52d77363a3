"""A tenant's file held against the level that the isolation policy gives the tenant."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

from router.config.document.tenant import TenantDocument
from router.config.lint.lint import located
from router.config.suggestion import guess, quoted
from router.control.isolation.document import IsolationPolicy, LevelEntry
from router.control.isolation.reading import level_of
from router.core.model.rules.limits import Keys
from router.core.pool import Pool
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError


class Promise(Protocol):
    """What a tenant's file has to keep."""

    def check(self, document: TenantDocument, text: str, source: str) -> None:
        """Whether it is kept; `text` is where the operator's part was written, `source` what it is called.

        Raises:
            ConfigurationError: it is not, with the place in the text.
        """


@dataclass(frozen=True, slots=True)
class Promised:
    """What a policy promises."""

    policy: IsolationPolicy

    def check(self, document: TenantDocument, text: str, source: str) -> None:
        """See `Promise`."""
        level = level_of(self.policy, document.tenant)
        if found := located(_broken(document, level), text):
            raise ConfigurationError(*(replace(one, source=source) for one in found))


@dataclass(frozen=True, slots=True)
class Pooled:
    """Pools that there are, and what else has to be kept."""

    pools: tuple[Pool, ...]
    besides: Promise

    def check(self, document: TenantDocument, text: str, source: str) -> None:
        """See `Promise`."""
        if found := located(_unknown_pool(document, self.pools), text):
            raise ConfigurationError(*(replace(one, source=source) for one in found))
        self.besides.check(document, text, source)


class _Nothing:
    """Where no policy is in force."""

    def check(self, document: TenantDocument, text: str, source: str) -> None:
        """See `Promise`: whatever stands there is kept."""


NO_PROMISE: Final[Promise] = _Nothing()


def _broken(document: TenantDocument, level: LevelEntry) -> Iterator[Diagnostic]:
    if level.keys is Keys.OWN and document.platform.keys is None:
        message = f"the level {quoted(level.name)} of this tenant needs `keys: own` here; add it, or change its level"
        yield Diagnostic(message, ("platform",), about_key=True)


def _unknown_pool(document: TenantDocument, pools: tuple[Pool, ...]) -> Iterator[Diagnostic]:
    pool = document.platform.pool
    if pool is not None and pool not in pools:
        hint = guess(pool, pools) or "; add it to ALERT_ROUTER_KAFKA__POOLS of all roles first"
        yield Diagnostic(f"{quoted(pool)} is not among the pools{hint}", ("platform", "pool"))
