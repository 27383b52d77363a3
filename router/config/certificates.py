"""The names in clients' certificates, as an operator writes them."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator

from router.config.suggestion import quoted

_LONGEST: Final = 253
_DNS: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.ASCII)
_URI: Final = re.compile(r"[a-z][a-z0-9+.-]*://[!-~]+", re.ASCII)


def _name(text: str) -> str:
    if len(text) > _LONGEST or not (_DNS.fullmatch(text) or _URI.fullmatch(text)):
        raise ValueError(
            f"{quoted(text)} is not a name of a certificate; use a DNS name in lower case without *, such as "
            "alertmanager.acme.example, or a URI, such as spiffe://example.org/acme/alertmanager"
        )
    return text


CertificateNameText = Annotated[str, AfterValidator(_name)]
"""A DNS name or a URI of a certificate's subjectAltName, which must be the same; no pattern."""
