"""Inhibition rules and time intervals, which mean the same here and there."""

from typing import Any, Final

from router.config.alertmanager.matchers import matchers_of
from router.config.alertmanager.naming import free_name
from router.config.alertmanager.original import Original
from router.core.match.matcher import parse_matchers

Plain = dict[str, Any]

_SPEC: Final = ("weekdays", "days_of_month", "months", "years")
_UNKNOWN: Final = "no key of an inhibition rule"
_ANY: Final = 'alertname=~"(?s).*"'
"""What stands for a source without matchers, which ours must have: any value fulfils it, and none does."""

_LOCAL: Final = "Local is wherever Alertmanager ran, and UTC stands there now; name the place, such as Europe/Paris"


def inhibit_rules_of(original: Original) -> list[Plain]:
    """The rules; one whose matchers cannot be read is noted and left out."""
    rules = [rule for one in original.each("inhibit_rules") if (rule := _rule(one)) is not None]
    taken: set[str] = set()
    for rule in rules:
        if "name" in rule:
            rule["name"] = free_name(rule["name"], taken)
            taken.add(rule["name"])
    return rules


def _rule(original: Original) -> Plain | None:
    sources, targets = matchers_of(original, "source_"), matchers_of(original, "target_")
    found: Plain = {"name": name} if (name := original.text("name")) else {}
    found |= {"source_matchers": sources if any(map(parse_matchers, sources or ())) else [_ANY]}
    found |= {"target_matchers": targets}
    if equal := original.texts("equal"):
        found["equal"] = list(dict.fromkeys(equal))
    original.leave_rest({}, _UNKNOWN)
    if sources is None or targets is None:
        original.leave_all("the whole rule, since without those matchers it would hold back more")
        return None
    return found


def intervals_of(original: Original) -> list[Plain]:
    """The named intervals of both lists, the older one first."""
    found = [_interval(one) for key in ("mute_time_intervals", "time_intervals") for one in original.each(key)]
    return [one for one in found if one is not None]


def _interval(original: Original) -> Plain | None:
    name = original.text("name")
    specs = [_spec(one) for one in original.each("time_intervals")]
    original.leave_rest({}, "no key of a time interval")
    if name is None:
        original.leave_all("a time interval without a name")
        return None
    return {"name": name, "time_intervals": specs}


def _spec(original: Original) -> Plain:
    found: Plain = {}
    if times := [_times(one) for one in original.each("times")]:
        found["times"] = times
    for key in _SPEC:
        if texts := original.texts(key):
            found[key] = texts
    location = original.text("location")
    if location is not None and location.lower() == "local":
        original.leave("location", _LOCAL)
    elif location:
        found["location"] = location
    original.leave_rest({}, "no key of a time interval")
    return found


def _times(original: Original) -> Plain:
    found = {key: original.text(key) or "" for key in ("start_time", "end_time")}
    original.leave_rest({}, "no key of a time range")
    return found
