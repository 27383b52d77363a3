"""A tenant's file held against the level that the isolation policy gives the tenant."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

from router.config.document.tenant import TenantDocument
from router.config.lint.lint import located
from router.config.suggestion import quoted
from router.control.isolation.document import IsolationPolicy, LevelEntry
from router.control.isolation.reading import level_of
from router.core.model.rules.limits import Keys
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


class _Nothing:
    """Where no policy is in force."""

    def check(self, document: TenantDocument, text: str, source: str) -> None:
        """See `Promise`: whatever stands there is kept."""


NO_PROMISE: Final[Promise] = _Nothing()


def _broken(document: TenantDocument, level: LevelEntry) -> Iterator[Diagnostic]:
    if level.keys is Keys.OWN and document.platform.keys is None:
        message = f"the level {quoted(level.name)} of this tenant needs `keys: own` here; add it, or change its level"
        yield Diagnostic(message, ("platform",), about_key=True)
