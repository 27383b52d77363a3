"""What Alertmanager's event recorder writes (`events/v2` as JSON, since 0.35): the events that say who mutes what.

Alertmanager writes each mute again at every flush, and drops events when its buffer is full: they add to what bodies
say, and nothing may need one of them. Fingerprints are decimal here; those of bodies are hexadecimal.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from router.core.match.labels import Labels
from router.core.model.alert import Fingerprint
from router.core.model.muted import Muted, MutedBy
from router.core.parse import lenient
from router.core.parse.bounds import DEFAULT_BOUNDS, BodyBounds, check_labels


@dataclass(frozen=True, slots=True)
class Muting:
    """An alert that was muted at a flush, and by what."""

    fingerprint: Fingerprint
    labels: Labels
    muted: Muted


@dataclass(frozen=True, slots=True)
class SilenceChange:
    """A silence as it was made, changed or ended."""

    muted: Muted


UpstreamEvent = Muting | SilenceChange


def read_event(body: bytes, bounds: BodyBounds = DEFAULT_BOUNDS) -> UpstreamEvent | None:
    """What an event says of mutes; None for any other.

    Raises:
        ValueError: it is not an event of Alertmanager, or its labels are too large.
    """
    data = data_of(body)
    with readable():
        return _read(data, bounds)


def data_of(body: bytes) -> Mapping[str, Any]:
    """What an event is about, by its kind.

    Raises:
        ValueError: it is not an event of Alertmanager.
    """
    document = from_json(body, allow_inf_nan=False)
    data = document.get("data") if isinstance(document, dict) else None
    if not isinstance(data, dict):
        raise ValueError("expected an event of Alertmanager's event recorder, with `data`")  # noqa: TRY004 - as above
    return data


@contextmanager
def readable() -> Iterator[None]:
    """What is not of the form of such an event raises ValueError."""
    try:
        yield
    except (TypeError, KeyError, AttributeError, IndexError) as error:
        raise ValueError(f"an event that cannot be read: {type(error).__name__}") from None


def fingerprint_of(alert: Mapping[str, Any]) -> Fingerprint:
    """The fingerprint as bodies have it.

    Raises:
        ValueError, TypeError, KeyError: there is none.
    """
    return Fingerprint(f"{int(alert['fingerprint']):016x}")


def _read(data: Mapping[str, Any], bounds: BodyBounds) -> UpstreamEvent | None:
    match data:
        case {"silenceMutedAlert": event}:
            return _muting(event["mutedAlert"], _silence(event["silence"]), bounds)
        case {"inhibitionMutedAlert": event}:
            rules = event.get("inhibitRules") or [{}]
            name = lenient.text(rules[0].get("name"))
            return _muting(event["mutedAlert"], Muted(MutedBy.INHIBITED, name), bounds)
        case {"silenceCreated": event} | {"silenceUpdated": event}:
            return SilenceChange(_silence(event["silence"]))
        case _:
            return None


def _muting(alert: Mapping[str, Any], muted: Muted, bounds: BodyBounds) -> Muting:
    labels = {name: value for name, value in lenient.texts(alert.get("labels")).items() if value}
    check_labels(labels, bounds)
    return Muting(fingerprint_of(alert), labels, muted)


def _silence(silence: Mapping[str, Any]) -> Muted:
    return Muted(
        MutedBy.SILENCED,
        lenient.text(silence["id"]),
        lenient.moment(silence.get("endsAt")),
        lenient.text(silence.get("createdBy")),
        lenient.text(silence.get("comment")),
    )
