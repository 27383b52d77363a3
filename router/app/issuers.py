"""By what certificates issuers of tokens are trusted."""

import ssl
from contextlib import suppress
from pathlib import Path
from typing import Final

from router.config.files import read_text
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

_SETTING: Final = "ALERT_ROUTER_CONTROL__ISSUERS_CA_FILE"


def trust_of(file: Path | None) -> ssl.SSLContext:
    """The system's certificates, and those of a file besides.

    Raises:
        ConfigurationError: the file cannot be read, or has no certificates in PEM.
    """
    context = ssl.create_default_context()
    if file is None:
        return context
    text = read_text(file).strip()
    with suppress(ValueError, ssl.SSLError):
        if text:
            context.load_verify_locations(cadata=text)
            return context
    raise ConfigurationError(Diagnostic(f"{file} has no PEM certificates", source=_SETTING))
