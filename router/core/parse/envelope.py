"""What surrounds the alerts in a body: whose it is, how it was grouped, and what it leaves out."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from router.core.match.labels import Labels
from router.core.model.alert import Links, Status
from router.core.parse import lenient
from router.core.parse.bounds import BodyBounds, check_labels
from router.errors import PayloadError

Envelope = Mapping[str, Any]
ALERTMANAGER: Final = "4"
GRAFANA: Final = "1"
_REASON: Final = ("notification_reason", "notificationReason")
_ALL_ENDED: Final = "all alerts resolved"
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_LABELS_OF_KEY: Final = re.compile(r":\{[^{]*$")


def check_version(envelope: Envelope) -> None:
    """Accept the versions that can be read.

    Raises:
        PayloadError: it is of another.
    """
    if version(envelope) not in {ALERTMANAGER, GRAFANA}:
        found = repr(envelope.get("version"))[:40]
        raise PayloadError("not_a_webhook", f'version is {found}, expected "4" (Alertmanager) or "1" (Grafana)')


def version(envelope: Envelope) -> str:
    """The version as text, `4` for `v4`, `4.0` and 4 too; a body that names none is Alertmanager's."""
    named = envelope.get("version")
    if isinstance(named, bool | list | dict):
        return ""
    written = lenient.text(named).strip().lower()
    return written.removeprefix("v").removesuffix(".0") or ALERTMANAGER


def default_status(envelope: Envelope) -> Status | None:
    """What holds for an alert that has no status of its own: a body is resolved only if all its alerts are."""
    named = envelope.get("status")
    return Status.RESOLVED if isinstance(named, str) and named.lower() == Status.RESOLVED else None


def sender_links(envelope: Envelope) -> Links:
    """Where silences are made; Grafana, which has version "1", links a page of its own from each alert."""
    url = lenient.link(envelope.get("externalURL"))
    return {"alertmanager": url} if url and version(envelope) == ALERTMANAGER else {}


def unsent(envelope: Envelope) -> int:
    """How many alerts the sender left out of the body.

    None where it says that all have ended: Alertmanager finds that out before it leaves any out.
    """
    return 0 if _says_all_ended(envelope) else lenient.count(envelope.get("truncatedAlerts"))


def all_ended(envelope: Envelope) -> bool:
    """Whether the sender left out alerts, all of which have ended; a full body says of each what it says."""
    return _says_all_ended(envelope) and lenient.count(envelope.get("truncatedAlerts")) > 0


def _says_all_ended(envelope: Envelope) -> bool:
    return any(_text(envelope, name).strip().lower() == _ALL_ENDED for name in _REASON)


def group_labels(envelope: Envelope, bounds: BodyBounds) -> Labels | None:
    """The labels that the sender grouped by; None where it did not.

    Raises:
        PayloadError: they are larger than labels may be, which the alerts that bear them are too.
    """
    labels = envelope.get("groupLabels")
    if not isinstance(labels, dict):
        return None
    known = {name: value for name, value in lenient.texts(labels).items() if value}
    try:
        check_labels(known, bounds)
    except ValueError as error:
        raise PayloadError("not_a_webhook", f"`groupLabels`: {error}") from None
    return known


def sender_group(envelope: Envelope) -> str:
    """The group key is unique within one Alertmanager only, so its URL belongs to it."""
    key = _text(envelope, "groupKey")
    return _digest(_text(envelope, "externalURL"), key) if key else ""


def sender_route(envelope: Envelope) -> str:
    """The sender's receiver and route: of a group key, `route:{labels}`, what stands before the labels.

    Its URL does not belong to it, since the members of a pair send the same.
    """
    key = _text(envelope, "groupKey")
    parts = _LABELS_OF_KEY.search(_QUOTED.sub(_blank, key))
    return _digest(_text(envelope, "receiver"), key[: parts.start()]) if parts else ""


def _text(envelope: Envelope, name: str) -> str:
    found = envelope.get(name)
    return found if isinstance(found, str) else ""


def _blank(quoted: re.Match[str]) -> str:
    return " " * len(quoted[0])


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
