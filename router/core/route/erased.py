"""What people whose data was erased leave of alerts: marks in the place of what names them.

Observations are marked before anything is routed. What an alert is known by stays, so that its end is its end; it
takes the way of an alert that has the mark where the name was, and is never left out.
"""

from collections.abc import Mapping

from router.core.match.labels import Labels
from router.core.match.subject import Hiding
from router.core.model.alert import Alert
from router.core.model.alert_state import AlertContent
from router.core.model.changed import replace
from router.core.model.observation import Observations
from router.core.model.rules.appearance import Erased


def without_erased(seen: Observations, erased: Erased) -> Observations:
    """The observations with marks; the same ones where they name nobody."""
    if not erased:
        return seen
    named = [_named(alert.labels, alert.annotations, erased) for alert in seen.alerts]
    together = {name: mark for one in named for name, mark in one.items()} | dict(_sent(seen.group_labels, erased))
    if not together:
        return seen
    pairs = zip(seen.alerts, named, strict=True)
    return replace(
        seen,
        alerts=tuple(_marked_alert(alert, Hiding(names), erased) if names else alert for alert, names in pairs),
        group_labels=_marked_sent(seen.group_labels, Hiding(together), erased),
    )


def content_without(content: AlertContent, erased: Erased) -> AlertContent:
    """What is stored of an alert with marks; the same where it names nobody."""
    named = {**_named(content.labels, content.annotations, erased), **_sent(content.group_labels, erased)}
    if not named:
        return content
    hiding = Hiding(named)
    return replace(
        content,
        labels=_labels(content.labels, hiding, erased),
        annotations=_annotations(content.annotations, hiding, erased),
        generator_url=hiding.text(content.generator_url),
        links={name: hiding.text(url) for name, url in content.links.items()},
        group_labels=_marked_sent(content.group_labels, hiding, erased),
    )


def _marked_alert(alert: Alert, hiding: Hiding, erased: Erased) -> Alert:
    return replace(
        alert,
        labels=_labels(alert.labels, hiding, erased),
        annotations=_annotations(alert.annotations, hiding, erased),
        generator_url=hiding.text(alert.generator_url),
        links={name: hiding.text(url) for name, url in alert.links.items()},
    )


def _named(labels: Labels, annotations: Labels, erased: Erased) -> Mapping[str, str]:
    return {**erased.in_labels(labels), **erased.in_annotations(annotations)}


def _sent(group_labels: Labels | None, erased: Erased) -> Mapping[str, str]:
    return erased.in_labels(group_labels) if group_labels else {}


def _marked_sent(group_labels: Labels | None, hiding: Hiding, erased: Erased) -> Labels | None:
    return group_labels if group_labels is None else _labels(group_labels, hiding, erased)


def _labels(labels: Labels, hiding: Hiding, erased: Erased) -> Labels:
    own = erased.fields.labels
    return {name: hiding.field(text) if name in own else hiding.text(text) for name, text in labels.items()}


def _annotations(annotations: Labels, hiding: Hiding, erased: Erased) -> Labels:
    is_own = erased.fields.has_annotation
    return {name: hiding.field(text) if is_own(name) else hiding.text(text) for name, text in annotations.items()}
