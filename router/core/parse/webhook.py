"""Bytes to alerts: the one place that knows what a webhook body looks like.

Accepts an Alertmanager webhook (version "4"), Grafana's (version "1"), one alert, or a list of alerts in the form of
Prometheus' own API. Unknown keys are ignored, since Alertmanager keeps adding some. A body that is none of these
raises; a bad alert in a good body is rejected alone.
"""

from codecs import BOM_UTF8
from collections.abc import Generator, Mapping
from typing import Any, Final

from pydantic_core import from_json, to_json

from router.core.model.alert import Alert, RejectedAlert, Webhook
from router.core.model.instant import Instant
from router.core.parse import envelope as enveloped
from router.core.parse.alert import Around, read_alert
from router.core.parse.bounds import DEFAULT_BOUNDS, BodyBounds
from router.core.parse.envelope import Envelope
from router.core.parse.raw import alerts_as_sent
from router.errors import PayloadError

PIECE: Final = 50
"""Alerts that are read before others may get their turn."""

Parsing = Generator[None, None, Webhook]
"""A body that is being read; between two pieces others may get their turn."""


def parse(body: bytes, observed: Instant, bounds: BodyBounds = DEFAULT_BOUNDS) -> Webhook:
    """Read one body as observed at `observed`.

    Raises:
        PayloadError: the body is not JSON, or not one of the four forms.
    """
    steps = parsing(body, observed, bounds)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            webhook: Webhook = end.value
            return webhook


def parsing(body: bytes, observed: Instant, bounds: BodyBounds = DEFAULT_BOUNDS) -> Parsing:
    """The same, piece by piece.

    Raises:
        PayloadError: as above, at the first step.
    """
    items, envelope = _parts(_read_json(body))
    if len(items) > bounds.alerts:
        raise PayloadError("too_many_alerts", f"a body may hold {bounds.alerts} alerts, this one has {len(items)}")
    group_labels = enveloped.group_labels(envelope, bounds)
    alerts: list[Alert] = []
    refused: dict[int, str] = {}
    around = Around(observed, enveloped.sender_links(envelope), enveloped.default_status(envelope), bounds)
    for place, item in enumerate(items):
        try:
            alerts.append(read_alert(item, around))
        except ValueError as error:
            refused[place] = str(error)
        if place % PIECE == PIECE - 1 or _is_costly(item):
            yield
    return Webhook(
        alerts=tuple(alerts),
        rejected=_rejected(items, refused, body) if refused else (),
        group_labels=group_labels,
        sender_group=enveloped.sender_group(envelope),
        truncated=enveloped.unsent(envelope) > 0,
        unsent=enveloped.unsent(envelope),
        sender_route=enveloped.sender_route(envelope),
        all_ended=enveloped.all_ended(envelope),
    )


def _read_json(body: bytes) -> Any:  # noqa: ANN401 - what JSON holds is known only after the checks above
    try:
        return from_json(body.removeprefix(BOM_UTF8), allow_inf_nan=False)
    except ValueError as error:
        raise PayloadError("not_json", str(error)) from error


def _parts(document: object) -> tuple[list[Any], Envelope]:
    """The alerts of a body, and what surrounds them."""
    if isinstance(document, list):
        return document, {}
    if isinstance(document, dict) and "alerts" in document:
        return _listed(document), document
    if isinstance(document, dict) and document.keys() & {"labels", "fingerprint"}:
        return [document], {}
    raise PayloadError(
        "not_a_webhook", "expected a webhook with `alerts`, one alert with `labels`, or a list of alerts"
    )


def _listed(document: dict[str, Any]) -> list[Any]:
    enveloped.check_version(document)
    alerts = [] if document["alerts"] is None else document["alerts"]
    if not isinstance(alerts, list):
        raise PayloadError("not_a_webhook", "`alerts` is not a list")
    return alerts


def _is_costly(item: object) -> bool:
    """Whether its fingerprint is computed here: for the largest labels that takes as long as many alerts do."""
    return not (isinstance(item, dict) and item.get("fingerprint"))


def _rejected(items: list[Any], refused: Mapping[int, str], body: bytes) -> tuple[RejectedAlert, ...]:
    """Each with the bytes that were sent; written again only where those cannot be found."""
    sent = alerts_as_sent(body)
    if len(sent) != len(items):
        sent = [to_json(item, inf_nan_mode="null") if place in refused else b"" for place, item in enumerate(items)]
    return tuple(RejectedAlert(sent[place], error) for place, error in refused.items())
