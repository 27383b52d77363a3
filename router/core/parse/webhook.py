"""Bytes to alerts: the one place that knows what a webhook body looks like.

Accepts an Alertmanager webhook (version "4"), Grafana's (version "1"), one alert, or a list of alerts in the form of
Prometheus' own API. Unknown keys are ignored, since Alertmanager keeps adding some. A body that is none of these
raises; a bad alert in a good body is rejected alone.
"""

from codecs import BOM_UTF8
from typing import Any, Final

from pydantic_core import from_json, to_json

from router.core.model.alert import Alert, RejectedAlert, Webhook
from router.core.model.instant import Instant
from router.core.parse import envelope as enveloped
from router.core.parse.alert import Around, read_alert
from router.core.parse.envelope import Envelope
from router.errors import PayloadError

MAX_ALERTS: Final = 10_000
"""Alerts that one body may hold; more would hold up everybody behind it."""


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
    if isinstance(document, dict) and document.keys() & {"labels", "fingerprint"}:
        return _group([document], observed, envelope={})
    raise PayloadError(
        "not_a_webhook", "expected a webhook with `alerts`, one alert with `labels`, or a list of alerts"
    )


def _read_json(body: bytes) -> Any:  # noqa: ANN401 - what JSON holds is known only after the checks above
    try:
        return from_json(body.removeprefix(BOM_UTF8), allow_inf_nan=False)
    except ValueError as error:
        raise PayloadError("not_json", str(error)) from error


def _webhook(document: dict[str, Any], observed: Instant) -> Webhook:
    enveloped.check_version(document)
    alerts = [] if document["alerts"] is None else document["alerts"]
    if not isinstance(alerts, list):
        raise PayloadError("not_a_webhook", "`alerts` is not a list")
    return _group(alerts, observed, envelope=document)


def _group(items: list[Any], observed: Instant, envelope: Envelope) -> Webhook:
    if len(items) > MAX_ALERTS:
        raise PayloadError("too_many_alerts", f"a body may hold {MAX_ALERTS} alerts, this one has {len(items)}")
    alerts: list[Alert] = []
    rejected: list[RejectedAlert] = []
    around = Around(observed, enveloped.sender_links(envelope), enveloped.default_status(envelope))
    for item in items:
        try:
            alerts.append(read_alert(item, around))
        except ValueError as error:
            rejected.append(RejectedAlert(to_json(item, inf_nan_mode="null"), str(error)))
    return Webhook(
        alerts=tuple(alerts),
        rejected=tuple(rejected),
        group_labels=enveloped.group_labels(envelope),
        sender_group=enveloped.sender_group(envelope),
        truncated=enveloped.unsent(envelope) > 0,
        unsent=enveloped.unsent(envelope),
        sender_route=enveloped.sender_route(envelope),
        all_ended=enveloped.all_ended(envelope),
    )
