"""Single values of the access document, with what is wrong with them in words."""

from ipaddress import ip_address, ip_network
from typing import Annotated, Final, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator

from router.config.suggestion import quoted
from router.config.urls import HttpUrlText
from router.config.values import TemplateText, word
from router.core.model.instant import parse_rfc3339
from router.core.model.rules.names import SLUG_LENGTH, is_slug

ALL_TENANTS: Final = "*"

Value = TypeVar("Value")


def _exact(text: str) -> str:
    """What an issuer says, compared letter by letter."""
    word(text)
    if text != text.strip():
        raise ValueError(f"{quoted(text)} begins or ends with a blank; names are compared letter by letter")
    if "*" in text:
        raise ValueError(f"{quoted(text)} has a *, which stands for itself alone; give each name in full")
    return text


def not_empty(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Refuse a list of nothing, which nobody could fulfil.

    Raises:
        ValueError: it is one.
    """
    if not values:
        raise ValueError("is empty; give at least one value, or leave out what it belongs to")
    return values


def _tenants(names: tuple[str, ...]) -> tuple[str, ...]:
    not_empty(names)
    for name in names:
        if name != ALL_TENANTS and not is_slug(name):
            raise ValueError(
                f"{quoted(name)} is not a tenant's id: lower-case letters, digits and single hyphens, at most "
                f'{SLUG_LENGTH} characters; "*" alone is all tenants'
            )
    if len(set(names)) < len(names):
        raise ValueError("names a tenant twice; keep one")
    if ALL_TENANTS in names and len(names) > 1:
        raise ValueError('"*" already is all tenants; use it alone or remove it')
    return names


def _issuer_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        raise ValueError(f"{quoted(text)} is not encrypted; use https")
    return text


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError as error:
        raise ValueError(f"{quoted(text)} is not a network ({error}); use for example 10.0.0.0/8") from None
    return text


def _moment(text: str) -> str:
    try:
        parse_rfc3339(text)
    except ValueError:
        raise ValueError(f"{quoted(text)} is not a time; use for example 2027-01-31T18:00:00Z") from None
    return text


NameText = TemplateText
ExactText = Annotated[str, AfterValidator(_exact)]
ExactTexts = Annotated[tuple[ExactText, ...], AfterValidator(not_empty)]
TenantTexts = Annotated[tuple[str, ...], AfterValidator(_tenants)]
IssuerUrlText = Annotated[HttpUrlText, AfterValidator(_issuer_url)]
NetworkTexts = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], AfterValidator(not_empty)]
MomentText = Annotated[str, AfterValidator(_moment)]
