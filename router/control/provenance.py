"""Who applies a configuration and why, as it is kept with the version."""

from typing import Final

from router.config.values import word
from router.diagnostic import one_line
from router.errors import ConfigurationError
from router.ports.provenance import Provenance

MAX_MESSAGE: Final = 500
"""Characters of the message that is kept with a version."""


def provenance(author: str | None, login: str, message: str) -> Provenance:
    """Who makes a change and why, in one line each; `author` is the login unless somebody names another.

    Raises:
        ConfigurationError: the author or the message is empty, long, or cannot be shown in a line.
    """
    return Provenance(
        author=one_line(login) if author is None else _author(author),
        login=one_line(login),
        message=_message(message),
    )


def _author(text: str) -> str:
    try:
        return word(text)
    except ValueError as error:
        raise ConfigurationError(f"--author {error}") from None


def _message(text: str) -> str:
    if not text.isprintable() or len(text) > MAX_MESSAGE:
        raise ConfigurationError(f"--message should be one line of at most {MAX_MESSAGE} visible characters")
    return text.strip()
