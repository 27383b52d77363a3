"""The forms in which a body may come: as JSON, or sealed by its sender."""

from collections.abc import Mapping
from typing import Final

from router.core.seal.sent import MEDIA_TYPE
from router.http.problems import Problem

_JSON: Final = "application/json"


def is_sealed_body(headers: Mapping[str, str]) -> bool:
    """Whether its sender calls the body sealed."""
    return _media_type(headers) == MEDIA_TYPE


def check_media_type(headers: Mapping[str, str], *, opens: bool) -> None:
    """Refuse what cannot be read, here or by workers; `opens` is whether they have a key of the tenant.

    Raises:
        Problem: 415 for another form than JSON, or for a sealed body that nobody could open.
    """
    if is_sealed_body(headers) and not opens:
        raise Problem(415, "sealed-not-taken", "the tenant has no keys of its own; send application/json")
    if _media_type(headers) not in {_JSON, MEDIA_TYPE}:
        raise Problem(415, "not-json", "send the header Content-Type: application/json")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "encoded-body", "send the body without Content-Encoding")


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()
