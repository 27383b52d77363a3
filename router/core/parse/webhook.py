"""Bytes to alerts: the one place that knows what a webhook body looks like.

Accepts an Alertmanager webhook (version "4"), Grafana's (version "1"), one alert, or a list of alerts in the form of
Prometheus' own API. Unknown keys are ignored, since Alertmanager keeps adding some. A body that is none of these
raises; a bad alert in a good body is rejected alone.

A start or end after the observation is taken as the observation: a sender's clock that runs ahead must not make an
alert that nothing can resolve.
"""

import hashlib
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError
from pydantic_core import from_json, to_json

from router.core.match.labels import Labels
from router.core.model.alert import Alert, Fingerprint, Links, RejectedAlert, Status, Webhook, fingerprint
from router.core.model.instant import NEVER, Instant, parse_rfc3339
from router.errors import PayloadError

_VERSIONS: Final = frozenset({"1", "4"})
_MAX_FINGERPRINT: Final = 128
_MAX_URL: Final = 2_000
_MAX_EXPLANATION: Final = 200
MAX_ALERTS: Final = 10_000
"""Alerts that one body may hold; more would hold up everybody behind it."""


def _read_moment(value: object) -> Instant:
    if value is None or value == "":
        return NEVER
    if not isinstance(value, str):
        raise ValueError("expected an RFC 3339 time as text")  # noqa: TRY004 - pydantic collects ValueErrors
    return parse_rfc3339(value)


def _read_link(value: object) -> str:
    """A link is a courtesy: what is none does not spoil the alert."""
    return value if isinstance(value, str) and len(value) <= _MAX_URL else ""


_Moment = Annotated[Instant, PlainValidator(_read_moment)]
_Link = Annotated[str, BeforeValidator(_read_link)]


class _WebhookAlert(BaseModel):
    """One element of `alerts`."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    labels: dict[str, str]
    annotations: dict[str, str] = Field(default_factory=dict)
    status: Status | None = Field(default=None, strict=False)
    starts_at: _Moment = Field(default=NEVER, alias="startsAt")
    ends_at: _Moment = Field(default=NEVER, alias="endsAt")
    generator_url: str = Field(default="", alias="generatorURL")
    fingerprint: str = Field(default="", max_length=_MAX_FINGERPRINT)
    dashboard: _Link = Field(default="", alias="dashboardURL")
    panel: _Link = Field(default="", alias="panelURL")
    silence: _Link = Field(default="", alias="silenceURL")

    @property
    def links(self) -> Links:
        """What Grafana links from an alert."""
        named = {"dashboard": self.dashboard, "panel": self.panel, "silence": self.silence}
        return {name: url for name, url in named.items() if url}


def parse(body: bytes, observed: Instant) -> Webhook:
    """Read one body as observed at `observed`.

    Raises:
        PayloadError: the body is not JSON, or not one of the four forms.
    """
    document = _read_json(body)
    if isinstance(document, list):
        return _group(document, observed, envelope={})
    if isinstance(document, dict) and "alerts" in document:
        return _webhook(document, observed)
    if isinstance(document, dict) and "labels" in document:
        return _group([document], observed, envelope={})
    raise PayloadError(
        "not_a_webhook", "expected a webhook with `alerts`, one alert with `labels`, or a list of alerts"
    )


def _read_json(body: bytes) -> Any:  # noqa: ANN401 - what JSON holds is known only after the checks above
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise PayloadError("not_json", str(error)) from error


def _webhook(document: dict[str, Any], observed: Instant) -> Webhook:
    version = document.get("version")
    if not isinstance(version, str) or version not in _VERSIONS:
        found = repr(version)[:40]
        raise PayloadError("not_a_webhook", f'version is {found}, expected "4" (Alertmanager) or "1" (Grafana)')
    if not isinstance(document["alerts"], list):
        raise PayloadError("not_a_webhook", "`alerts` is not a list")
    return _group(document["alerts"], observed, envelope=document)


def _group(items: list[Any], observed: Instant, envelope: dict[str, Any]) -> Webhook:
    if len(items) > MAX_ALERTS:
        raise PayloadError("too_many_alerts", f"a body may hold {MAX_ALERTS} alerts, this one has {len(items)}")
    alerts: list[Alert] = []
    rejected: list[RejectedAlert] = []
    sender = _sender_links(envelope)
    for item in items:
        try:
            alerts.append(_alert(item, observed, sender))
        except ValueError as error:
            rejected.append(RejectedAlert(to_json(item, inf_nan_mode="null"), _explain(error)))
    return Webhook(
        alerts=tuple(alerts),
        rejected=tuple(rejected),
        group_labels=_group_labels(envelope),
        sender_group=_sender_group(envelope),
        truncated=bool(envelope.get("truncatedAlerts")),
    )


def _alert(item: object, observed: Instant, sender: Links) -> Alert:
    sent = _WebhookAlert.model_validate(item)
    labels = {name: value for name, value in sent.labels.items() if value}
    if not labels:
        raise ValueError("an alert needs at least one label with a value")
    starts_at, ends_at = sent.starts_at, sent.ends_at
    status = sent.status or (Status.RESOLVED if NEVER < ends_at <= observed else Status.FIRING)
    ends_at = NEVER if status is Status.FIRING else min(ends_at or observed, observed)
    return Alert(
        fingerprint=Fingerprint(sent.fingerprint) or fingerprint(labels),
        status=status,
        labels=labels,
        annotations=sent.annotations,
        starts_at=min(starts_at or ends_at or observed, observed),
        ends_at=ends_at,
        generator_url=sent.generator_url,
        links={**sender, **sent.links},
    )


def _sender_links(envelope: dict[str, Any]) -> Links:
    """Where silences are made; Grafana, which has version "1", links a page of its own from each alert."""
    url = _read_link(envelope.get("externalURL"))
    return {"alertmanager": url} if url and envelope.get("version") == "4" else {}


def _group_labels(envelope: dict[str, Any]) -> Labels | None:
    labels = envelope.get("groupLabels")
    if not isinstance(labels, dict):
        return None
    return {name: value for name, value in labels.items() if isinstance(value, str) and value}


def _sender_group(envelope: dict[str, Any]) -> str:
    """The group key is unique within one Alertmanager only, so its URL belongs to it."""
    key, url = envelope.get("groupKey"), envelope.get("externalURL")
    if not isinstance(key, str) or not key:
        return ""
    return hashlib.sha256(f"{url if isinstance(url, str) else ''}\n{key}".encode()).hexdigest()[:16]


def _explain(error: ValueError) -> str:
    """What is wrong, by the place and never by what stands there; a name or a time may be as long as the body."""
    if not isinstance(error, ValidationError):
        return str(error)[:_MAX_EXPLANATION]
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"[:_MAX_EXPLANATION]
