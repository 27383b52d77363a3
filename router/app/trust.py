"""By what certificates servers are trusted that a private authority has signed."""

import ssl
from contextlib import suppress
from pathlib import Path

from router.config.files import read_text
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError


def trust_of(file: Path | None, setting: str) -> ssl.SSLContext:
    """The system's certificates, and those of the file besides that this setting names.

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
    raise ConfigurationError(Diagnostic(f"{file} has no PEM certificates", source=setting))
