"""Answers of Alertmanager's API v2 as values; whatever is not of its form raises one of Python's own errors."""

from collections.abc import Mapping, Sequence
from typing import Any

from router.core.match.labels import Labels
from router.core.model.alert import Fingerprint
from router.core.model.instant import NEVER, parse_rfc3339
from router.core.model.muted import KnownAlert, ListedAlert, Muted, MutedBy


def silences_named(listed: Sequence[Any]) -> list[str]:
    """The silences that mute these alerts, each once, by the first that each alert names."""
    return list(dict.fromkeys(name for one in listed for name in _silenced_by(one)[:1]))


def known_alerts(listed: Sequence[Any], silences: Mapping[str, Muted]) -> list[KnownAlert]:
    """Each alert with what mutes it, by what is known of the silences.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: it is not of the form of the API.
    """
    return [_alert(one, silences) for one in listed]


def alerts_in(groups: Sequence[Any]) -> list[Any]:
    """The alerts of these groups."""
    return [alert for group in groups for alert in group["alerts"]]


def listed_alerts(groups: Sequence[Any], silences: Mapping[str, Muted]) -> list[ListedAlert]:
    """Each alert of each group, with what a body would have of it.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: it is not of the form of the API.
    """
    return [_listed(alert, _texts(group["labels"]), silences) for group in groups for alert in group["alerts"]]


def _listed(one: Mapping[str, Any], group: Labels, silences: Mapping[str, Muted]) -> ListedAlert:
    return ListedAlert(
        known=_alert(one, silences),
        group_labels=group,
        annotations=_texts(one.get("annotations") or {}),
        starts_at=parse_rfc3339(one["startsAt"]),
        ends_at=parse_rfc3339(one["endsAt"]),
        generator_url=str(one.get("generatorURL") or ""),
    )


def _texts(found: Mapping[str, Any]) -> Labels:
    return {str(name): str(value) for name, value in found.items() if value}


def until_and_author(name: str, silence: Mapping[str, Any]) -> Muted:
    """What a silence says of itself.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: it is not of the form of the API.
    """
    author, comment = str(silence.get("createdBy") or ""), str(silence.get("comment") or "")
    return Muted(MutedBy.SILENCED, name, parse_rfc3339(silence["endsAt"]), author, comment)


def _alert(one: Mapping[str, Any], silences: Mapping[str, Muted]) -> KnownAlert:
    return KnownAlert(Fingerprint(str(one["fingerprint"])), _texts(one["labels"]), _muted(one, silences))


def _muted(one: Mapping[str, Any], silences: Mapping[str, Muted]) -> Muted | None:
    """What mutes it, in the order in which Alertmanager asks."""
    status = one["status"]
    if status.get("inhibitedBy"):
        return Muted(MutedBy.INHIBITED, "")
    if intervals := status.get("mutedBy"):
        return Muted(MutedBy.MUTE_TIME_INTERVAL, str(intervals[0]))
    if names := _silenced_by(one):
        return silences.get(names[0]) or Muted(MutedBy.SILENCED, names[0], NEVER)
    return None


def _silenced_by(one: Mapping[str, Any]) -> list[str]:
    return [str(name) for name in one["status"].get("silencedBy") or ()]
