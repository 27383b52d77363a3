"""One element of `alerts` as an alert.

It is refused only if it cannot be identified, by labels or by a fingerprint, if its labels are too large, or if its
status is none. A start or end after the observation is taken as the observation: a clock of a sender that runs ahead
must not make an alert that nothing can resolve.
"""

from dataclasses import dataclass
from typing import Any, Final

from router.core.model.alert import Alert, Fingerprint, Links, Status, fingerprint, identify
from router.core.model.instant import NEVER, Instant
from router.core.parse import lenient
from router.core.parse.bounds import DEFAULT_BOUNDS, BodyBounds, check_labels, kept_annotations

MAX_FINGERPRINT: Final = 128
"""Characters of a fingerprint; instead of a longer one Alertmanager's is computed."""

_LINKS: Final = {"dashboard": "dashboardURL", "panel": "panelURL", "silence": "silenceURL"}


@dataclass(frozen=True, slots=True)
class Around:
    """What holds for all alerts of a body: when observed, links, the status of one that has none, bounds."""

    observed: Instant
    links: Links
    status: Status | None = None
    bounds: BodyBounds = DEFAULT_BOUNDS


def read_alert(item: object, around: Around) -> Alert:
    """The alert of a body that says this of all its alerts.

    Raises:
        ValueError: it cannot be identified, has too large labels, or no valid status.
    """
    if not isinstance(item, dict):
        raise ValueError("an alert is not a JSON object")  # noqa: TRY004 - every refusal is a ValueError
    labels = {name: value for name, value in lenient.texts(item.get("labels")).items() if value}
    check_labels(labels, around.bounds)
    starts_at, ends_at = lenient.moment(item.get("startsAt")), lenient.moment(item.get("endsAt"))
    observed = around.observed
    status = lenient.status(item.get("status")) or around.status or _status_by(ends_at, observed)
    ends_at = NEVER if status is Status.FIRING else min(ends_at or observed, observed)
    return Alert(
        alert_id=identify(_fingerprint(item.get("fingerprint"), labels), labels),
        status=status,
        labels=labels,
        annotations=kept_annotations(lenient.texts(item.get("annotations")), around.bounds),
        starts_at=_start(starts_at, ends_at, observed),
        ends_at=ends_at,
        generator_url=lenient.link(item.get("generatorURL")),
        links={**around.links, **_links(item)},
        values=lenient.values(item.get("values")),
    )


def _start(starts_at: Instant, ends_at: Instant, observed: Instant) -> Instant:
    """What is known of the start; NEVER of a firing alert that has none, or one that has not come yet.

    Alertmanager makes the start up of the end where it was given no other, so such a start would outlive every end.
    """
    if ends_at == NEVER:
        return starts_at if starts_at <= observed else NEVER
    return min(starts_at or ends_at, observed)


def _status_by(ends_at: Instant, observed: Instant) -> Status:
    """What Prometheus' own API leaves to the times."""
    return Status.RESOLVED if NEVER < ends_at <= observed else Status.FIRING


def _fingerprint(sent: object, labels: dict[str, str]) -> Fingerprint:
    given = lenient.text(sent)
    if given and len(given) <= MAX_FINGERPRINT:
        return Fingerprint(given)
    if not labels:
        raise ValueError("an alert needs at least one label with a value, or a fingerprint")
    return fingerprint(labels)


def _links(item: dict[str, Any]) -> Links:
    """What Grafana links from an alert, and the picture that it made of it."""
    named = {name: lenient.link(item.get(member)) for name, member in _LINKS.items()}
    named["image"] = lenient.image(item.get("imageURL"))
    return {name: url for name, url in named.items() if url}
