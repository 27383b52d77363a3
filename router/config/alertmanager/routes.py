"""The routing tree, with Alertmanager's defaults written out where ours are others."""

from typing import Any, Final

from router.config.alertmanager.matchers import matchers_of
from router.config.alertmanager.original import Original
from router.config.values import MAX_GROUP_BY
from router.core.model.instant import HOUR, parse_duration

Plain = dict[str, Any]

_DEFAULTS: Final[Plain] = {"group_by": [], "group_wait": "30s", "group_interval": "5m", "repeat_interval": "4h"}
_TIMES: Final = ("group_wait", "group_interval", "repeat_interval")
_LISTS: Final = ("mute_time_intervals", "active_time_intervals")
_LONGEST: Final = 365 * 24 * HOUR
_LABELS: Final = "labels of routes are for Alertmanager's templates; ours have `route`, the conditions of the route"
_UNKNOWN: Final = "no key of a route"


def root_of(original: Original) -> Plain:
    """The tree. What a route leaves out is inherited in both; the root's defaults differ, so they are written."""
    own = _options(original)
    for key in ("match", "match_re", "matchers", *_LISTS, "continue"):
        if key in original:
            original.leave(key, "the root takes every alert, in Alertmanager too")
    below = list(map(_branch, original.each("routes")))
    original.leave_rest({"labels": _LABELS}, _UNKNOWN)
    return {**_DEFAULTS, **own, **({"routes": below} if below else {})}


def _branch(original: Original) -> Plain:
    matchers = matchers_of(original)
    found: Plain = {"matchers": matchers if matchers is not None else [_NEVER]}
    found |= _options(original)
    for key in _LISTS:
        if names := original.texts(key):
            found[key] = names
    if original.flag("continue"):
        found["continue"] = True
    below = list(map(_branch, original.each("routes")))
    original.leave_rest({"labels": _LABELS}, _UNKNOWN)
    if not found["matchers"]:
        del found["matchers"]
    return {**found, **({"routes": below} if below else {})}


_NEVER: Final = 'alertname=""'
"""What stands for matchers that cannot be read: an alert without a name, which no Prometheus sends."""


def _options(original: Original) -> Plain:
    found: Plain = {}
    if receiver := original.text("receiver"):
        found["receiver"] = receiver
    labels = original.texts("group_by")
    if labels is not None:
        found["group_by"] = _grouped(original, labels)
    for key in _TIMES:
        if (text := original.text(key)) is not None:
            found |= _time(original, key, text)
    return found


def _grouped(original: Original, labels: list[str]) -> list[str]:
    if len(labels) > MAX_GROUP_BY:
        original.leave("group_by", f"more than {MAX_GROUP_BY} labels; `...` stands for all of them")
        return ["..."]
    return labels


def _time(original: Original, key: str, text: str) -> Plain:
    try:
        span = parse_duration(text)
    except ValueError as error:
        original.leave(key, str(error))
        return {}
    if span > _LONGEST:
        original.leave(key, f"{text} is longer than 1y, which stands there instead")
        return {key: "1y"}
    if not span and key != "group_wait":
        original.leave(key, "Alertmanager refuses 0 here too")
        return {}
    return {key: text}


def names_used(route: Plain, key: str) -> set[str]:
    """The names that a tree uses: receivers, or time intervals."""
    own = route.get(key, [])
    below = (name for child in route.get("routes", ()) for name in names_used(child, key))
    return {*([own] if isinstance(own, str) else own), *below}
