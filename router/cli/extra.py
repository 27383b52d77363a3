"""The optional packages of the extra `local`: an error that names it where they are not installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from router.errors import ConfigurationError

_PACKAGES: Final = frozenset({"alert_router_local", "slack_emulator", "slack_view"})


@contextmanager
def needing_local(what: str) -> Iterator[None]:
    """Import what belongs to the extra in here; `what` needs it.

    Raises:
        ConfigurationError: the extra is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _PACKAGES:
            raise
        raise ConfigurationError(f"{what} needs the extra \"local\": pip install 'alert-router[local]'") from None
