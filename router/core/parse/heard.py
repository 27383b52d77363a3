"""The events of Alertmanager's recorder that say which alerts fire or end, as the bodies that webhooks would have.

A `notification` holds what a webhook of the same flush does. Of an alert that is put into its group (`alertGrouped`)
nobody need be notified: that event is written for silenced alerts as well, each time their sender repeats them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import to_json

from router.core.match.labels import Labels
from router.core.model.alert import Fingerprint, Status
from router.core.parse import lenient
from router.core.parse.envelope import ALERTMANAGER
from router.core.parse.upstream import data_of, fingerprint_of, readable

_NEVER: Final = "0001-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class HeardAlert:
    """One alert of an event; `details` are as the event has them."""

    fingerprint: Fingerprint
    labels: Labels
    status: Status
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HeardGroup:
    """Alerts of one group of one receiver. `is_whole`: all that the group would send."""

    receiver: str
    group_key: str
    group_labels: Labels
    alerts: Sequence[HeardAlert]
    is_whole: bool

    def body(self, alerts: Sequence[HeardAlert]) -> bytes:
        """The body that a webhook with these of its alerts would have."""
        return to_json({
            "version": ALERTMANAGER,
            "receiver": self.receiver,
            "groupKey": self.group_key,
            "groupLabels": self.group_labels,
            "alerts": [_sent(one) for one in alerts],
        })  # fmt: skip


def read_group(body: bytes) -> HeardGroup | None:
    """What an event says of alerts; None for any other event.

    Raises:
        ValueError: it is not an event of Alertmanager, or not of this form.
    """
    data = data_of(body)
    with readable():
        match data:
            case {"notification": event}:
                return _group(event["groupInfo"], _notified(event), is_whole=True)
            case {"alertGrouped": event} | {"alertResolved": event}:
                return _group(event["groupInfo"], [_alert(event["alert"])], is_whole=False)
            case _:
                return None


def _group(info: Mapping[str, Any], alerts: Sequence[HeardAlert], *, is_whole: bool) -> HeardGroup:
    return HeardGroup(
        receiver=lenient.text(info["receiverName"]),
        group_key=lenient.text(info["groupKey"]),
        group_labels=lenient.texts(info.get("groupLabels")),
        alerts=alerts,
        is_whole=is_whole,
    )


def _notified(event: Mapping[str, Any]) -> list[HeardAlert]:
    """All but those that were muted, which a body leaves out."""
    muted = {fingerprint_of(one) for one in event.get("mutedAlerts") or ()}
    alerts = [_alert(one) for one in event.get("alerts") or ()]
    return [one for one in alerts if one.fingerprint not in muted]


def _alert(grouped: Mapping[str, Any]) -> HeardAlert:
    details = grouped["details"]
    labels = {name: value for name, value in lenient.texts(details["labels"]).items() if value}
    status = Status.RESOLVED if details.get("resolved") is True else Status.FIRING
    return HeardAlert(fingerprint_of(grouped), labels, status, details)


def _sent(alert: HeardAlert) -> Mapping[str, Any]:
    details = alert.details
    return {
        "status": alert.status,
        "labels": details.get("labels"),
        "annotations": details.get("annotations"),
        "startsAt": details.get("startsAt"),
        "endsAt": details.get("endsAt") if alert.status is Status.RESOLVED else _NEVER,
        "fingerprint": alert.fingerprint,
    }
