"""The optional packages of an extra: an error that names it where they are not installed."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from router.errors import ConfigurationError

_LOCAL: Final = frozenset({"alert_router_local", "slack_emulator", "slack_view"})
_GRAFANA: Final = frozenset({"grafana_foundation_sdk"})


def needing_local(what: str) -> AbstractContextManager[None]:
    """Import what belongs to the extra `local` in here; `what` needs it.

    Raises:
        ConfigurationError: the extra is not installed.
    """
    return _needing(what, "local", _LOCAL)


def needing_grafana(what: str) -> AbstractContextManager[None]:
    """The same for the extra `monitoring`.

    Raises:
        ConfigurationError: the extra is not installed.
    """
    return _needing(what, "monitoring", _GRAFANA)


@contextmanager
def _needing(what: str, extra: str, packages: frozenset[str]) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in packages:
            raise
        raise ConfigurationError(f"{what} needs the extra \"{extra}\": pip install 'alert-router[{extra}]'") from None
