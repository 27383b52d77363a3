"""Which Prometheus is asked for the charts of a tenant, and what of it is the tenant's: the operator's part."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from router.config.document.appearance import Section
from router.config.document.either import EITHER, KEYS, SHORT
from router.config.suggestion import quoted
from router.config.urls import HttpUrlText
from router.config.values import DurationText, SecretText
from router.core.model.instant import MILLISECOND, SECOND, Span, parse_duration

_SHORTEST: Final = Span(50 * MILLISECOND)
_LONGEST: Final = Span(5 * SECOND)
_LONGEST_TEXT: Final = 200
_LABEL: Final = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,99}")
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,99}")
_OURS: Final = re.compile(
    r"authorization|proxy-.*|host|cookie|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|via"
    r"|content-.*|accept.*|user-agent|forwarded|x-forwarded-.*",
    re.IGNORECASE,
)


def _timeout(text: str) -> str:
    if not _SHORTEST <= parse_duration(text) <= _LONGEST:
        raise ValueError(f"{quoted(text)} is out of range; use 50ms to 5s: no alert waits for it, but workers do")
    return text


def _file(text: str) -> str:
    if not text.startswith("/") or not text.isprintable() or len(text) > _LONGEST_TEXT:
        raise ValueError(
            f"{quoted(text[:_LONGEST_TEXT])} is not a file's full path; use for example /etc/ssl/prom.pem"
        )
    return text


def _all(text: str) -> str:
    if text != "all":
        raise ValueError(
            f"{quoted(text[:_LONGEST_TEXT])} is not known; use all, or a label or a header with its value"
        )
    return text


def _label(name: str) -> None:
    if not _LABEL.fullmatch(name):
        raise ValueError(f"{quoted(name[:_LONGEST_TEXT])} is not a label that series have; use for example tenant")


def _header(name: str) -> None:
    if not _HEADER.fullmatch(name) or _OURS.fullmatch(name):
        raise ValueError(
            f"{quoted(name[:_LONGEST_TEXT])} is not a header that chooses a tenant; use for example X-Scope-OrgID"
        )


def _one(check: Callable[[str], None]) -> AfterValidator:
    def checked(chosen: Mapping[str, str]) -> Mapping[str, str]:
        if len(chosen) != 1:
            raise ValueError(f"has {len(chosen)} names; exactly one is needed, with its value")
        [(name, value)] = chosen.items()
        check(name)
        if not value or value != value.strip() or not (value.isascii() and value.isprintable()):
            raise ValueError(f"{quoted(value[:_LONGEST_TEXT])} is not a value; use printable ASCII")
        if len(value) > _LONGEST_TEXT:
            raise ValueError(f"has {len(value)} characters; at most {_LONGEST_TEXT} are allowed")
        return chosen

    return AfterValidator(checked)


class OnlyRule(Section):
    """What tells the tenant's own series from those of others: a label, or a header that is sent along."""

    label: Annotated[Mapping[str, str], _one(_label)] | None = Field(default=None, examples=[{"tenant": "acme"}])
    """A label that all series of the tenant have: it is put into every query."""
    header: Annotated[Mapping[str, str], _one(_header)] | None = Field(
        default=None, examples=[{"X-Scope-OrgID": "acme"}]
    )
    """A header by which Prometheus, or what stands before it, knows the tenant, as in Mimir and Cortex."""

    @model_validator(mode="after")
    def _either(self) -> "OnlyRule":
        if (self.label is None) == (self.header is None):
            raise ValueError("needs either label or header, with one name and its value")
        return self


class PrometheusToken(Section):
    """Where the token for Prometheus is stored: the name of a secret of this tenant."""

    secret: SecretText = Field(examples=["prometheus"])
    """As for Slack's token."""


_AllText = Annotated[str, AfterValidator(_all), WithJsonSchema({"const": "all"})]
Only = Annotated[Annotated[_AllText, SHORT] | Annotated[OnlyRule, KEYS], EITHER]


class PrometheusSource(Section):
    """The Prometheus whose rules fire: it is asked how the value of an alert moved, for a chart."""

    url: HttpUrlText = Field(examples=["http://prometheus:9090"])
    """Its address, with the path where it is served under one; also of Thanos, Mimir or VictoriaMetrics."""
    only: Only = Field(examples=[{"label": {"tenant": "acme"}}, {"header": {"X-Scope-OrgID": "acme"}}, "all"])
    """What of it is this tenant's: a label or a header; `all` where it has nobody else's series."""
    token: PrometheusToken | None = Field(default=None, examples=[{"secret": "prometheus"}])
    """A secret that is sent as a bearer token; none by default."""
    ca: Annotated[str, AfterValidator(_file)] | None = Field(default=None, examples=["/etc/ssl/prometheus.pem"])
    """A file of the workers with the certificates to trust in place of the system's."""
    timeout: Annotated[DurationText, AfterValidator(_timeout)] = Field(default="1s", examples=["1s", "300ms"])
    """How long an answer may take; the alert does not wait for it."""
