"""Addresses of other programs in a tenant document."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

from router.config.suggestion import quoted

MAX_ADDRESS: Final = 500
"""Characters of an address."""


def _http_url(text: str) -> str:
    """What may be asked: nothing is put behind it but the path of a known API."""
    wrong = ValueError(
        f"{quoted(text[:MAX_ADDRESS])} is not a valid address; use for example http://alertmanager:9093"
    )
    try:
        parts, port = urlsplit(text), urlsplit(text).port
    except ValueError:
        raise wrong from None
    plain = text.isascii() and text.isprintable() and " " not in text and len(text) <= MAX_ADDRESS
    is_address = parts.scheme in {"http", "https"} and parts.hostname and port != 0
    if not plain or not is_address or parts.query or parts.fragment:
        raise wrong
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address must not hold a password, since the document may be read; use `token`")
    return text


HttpUrlText = Annotated[str, AfterValidator(_http_url)]
