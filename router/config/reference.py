"""Checks across a document: routes name existing receivers, names are unique, channels are those the tenant may use.

They read the plain data, not the validated document, so that a mistake elsewhere does not hide these. A check is
skipped if the list that it needs is itself invalid.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from router.config.suggestion import guess, quoted
from router.core.model.rules.receiver import Style
from router.core.template.language import PARTS
from router.diagnostic import Diagnostic, KeyPath

_SHOWN: Final = 10
_BUILT_IN: Final = tuple(style.value for style in Style)


def broken_references(data: object) -> Iterator[Diagnostic]:
    """Every part of the document that contradicts another."""
    receivers = _list(_get(data, "receivers"))
    names = [_get(receiver, "name") for receiver in receivers]
    yield from _repeated(names, "receivers")
    if names and all(isinstance(name, str) for name in names):
        known = dict.fromkeys(map(str, names))
        yield from _unknown_receivers(_get(data, "route"), ("route",), known)
        yield from _unknown_receiver(_get(data, "fallback"), ("fallback",), known)
        yield from _going_nowhere(data, receivers)
        for index, one in enumerate(_list(_get(data, "heartbeats"))):
            yield from _unknown_receivers(one, ("heartbeats", index), known)
    intervals = [_get(interval, "name") for interval in _list(_get(data, "time_intervals"))]
    yield from _repeated(intervals, "time_intervals")
    if all(isinstance(name, str) for name in intervals):
        yield from _unknown_intervals(_get(data, "route"), ("route",), dict.fromkeys(map(str, intervals)))
    yield from _forbidden_channels(receivers, _get(data, "platform", "slack", "channels"))
    yield from _labels_without_use(data, receivers)
    yield from _expected_twice(_list(_get(data, "heartbeats")))
    yield from _repeated([_get(rule, "name") for rule in _list(_get(data, "inhibit_rules"))], "inhibit_rules")
    yield from _repeated([_get(metric, "name") for metric in _list(_get(data, "metrics"))], "metrics")
    yield from _counting_what_may_not_be(data)
    templates = _list(_get(data, "templates"))
    styles = [_get(template, "name") for template in templates]
    yield from _repeated(styles, "templates")
    yield from _shadowing(styles)
    yield from _bare(templates)
    if all(isinstance(name, str) for name in styles):
        yield from _unknown_templates(receivers, dict.fromkeys([*_BUILT_IN, *map(str, styles)]))


def _repeated(names: list[object], listed: str) -> Iterator[Diagnostic]:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if isinstance(name, str) and first.setdefault(name, index) != index:
            taken = f"{quoted(name)} is taken by {listed}[{first[name]}]"
            yield Diagnostic(f"{taken}; choose another name", (listed, index, "name"))


def _expected_twice(heartbeats: list[object]) -> Iterator[Diagnostic]:
    first: dict[str, int] = {}
    for index, one in enumerate(heartbeats):
        text = str(_get(one, "matchers"))
        if first.setdefault(text, index) != index:
            yield Diagnostic(
                f"the same matchers as heartbeats[{first[text]}]; leave one out", ("heartbeats", index, "matchers")
            )


def _unknown_receivers(route: object, path: KeyPath, names: Mapping[str, None]) -> Iterator[Diagnostic]:
    yield from _unknown_receiver(_get(route, "receiver"), (*path, "receiver"), names)
    for index, child in enumerate(_list(_get(route, "routes"))):
        yield from _unknown_receivers(child, (*path, "routes", index), names)


def _unknown_receiver(name: object, path: KeyPath, names: Mapping[str, None]) -> Iterator[Diagnostic]:
    if isinstance(name, str) and name not in names:
        instead = guess(name, names) or f"; there {_listed(names)}"
        yield Diagnostic(f"{quoted(name)} is not among the receivers{instead}", path)


def _going_nowhere(data: object, receivers: list[object]) -> Iterator[Diagnostic]:
    """What is there to be noticed names a receiver that sends nothing."""
    silent = {_get(one, "name") for one in receivers if isinstance(one, Mapping) and "slack" not in one}
    beats = (
        (("heartbeats", index, "receiver"), _get(one, "receiver"))
        for index, one in enumerate(_list(_get(data, "heartbeats")))
    )
    for path, name in ((("fallback",), _get(data, "fallback")), *beats):
        if isinstance(name, str) and name in silent:
            yield Diagnostic(f"{quoted(name)} has no destination: nobody would notice; name one with a channel", path)


def _unknown_intervals(route: object, path: KeyPath, names: Mapping[str, None]) -> Iterator[Diagnostic]:
    for place, child in enumerate(_list(_get(route, "routes"))):
        below = (*path, "routes", place)
        for key in ("mute_time_intervals", "active_time_intervals"):
            for index, name in enumerate(_list(_get(child, key))):
                if isinstance(name, str) and name not in names:
                    instead = guess(name, names) or f"; there {_listed(names)}"
                    yield Diagnostic(f"{quoted(name)} is not among the time_intervals{instead}", (*below, key, index))
        yield from _unknown_intervals(child, below, names)


def _forbidden_channels(receivers: list[object], channels: object) -> Iterator[Diagnostic]:
    if not isinstance(channels, list):
        return
    allowed = dict.fromkeys(channel for channel in channels if isinstance(channel, str))
    for index, receiver in enumerate(receivers):
        path: KeyPath = ("receivers", index, "slack", "channel")
        channel = _get(receiver, "slack", "channel")
        if isinstance(channel, Mapping):
            path, channel = (*path, "else"), channel.get("else")
        if isinstance(channel, str) and channel not in allowed:
            yield Diagnostic(
                f"{quoted(channel)} is not among platform.slack.channels; there {_listed(allowed)}; "
                "choose one of those or have it added",
                path,
            )


def _labels_without_use(data: object, receivers: list[object]) -> Iterator[Diagnostic]:
    """Labels that say where messages go, and never can: which channels they may name is up to the operator."""
    ignored, channels = _list(_get(data, "ignore_labels")), _get(data, "platform", "slack", "channels")
    for index, receiver in enumerate(receivers):
        for key in ("channel", "mention"):
            label = _get(receiver, "slack", key, "label")
            path = ("receivers", index, "slack", key, "label")
            if label in ignored and label is not None:
                yield Diagnostic(f"{quoted(str(label))} is among ignore_labels, so it counts as never sent", path)
            elif label is not None and key == "channel" and channels is None:
                yield Diagnostic("may only name channels of platform.slack.channels; have those set", path)


def _counting_what_may_not_be(data: object) -> Iterator[Diagnostic]:
    """Labels of metrics that count as never sent, or whose values name people: a series outlives an erasure."""
    ignored, personal = _list(_get(data, "ignore_labels")), _list(_get(data, "personal", "labels"))
    for index, metric in enumerate(_list(_get(data, "metrics"))):
        for place, label in enumerate(_list(_get(metric, "labels"))):
            path: KeyPath = ("metrics", index, "labels", place)
            if label in ignored:
                yield Diagnostic(f"{quoted(str(label))} is among ignore_labels, so it counts as never sent", path)
            elif label in personal:
                yield Diagnostic(f"{quoted(str(label))} names a person (`personal`); count by another label", path)


def _shadowing(styles: list[object]) -> Iterator[Diagnostic]:
    for index, name in enumerate(styles):
        if name in _BUILT_IN:
            yield Diagnostic(f"`{name}` is built in; choose another name", ("templates", index, "name"))


def _bare(templates: list[object]) -> Iterator[Diagnostic]:
    for index, template in enumerate(templates):
        if _get(template, "parts") == {}:
            yield Diagnostic(f"names no part; there are {', '.join(PARTS)}", ("templates", index, "parts"))


def _unknown_templates(receivers: list[object], known: Mapping[str, None]) -> Iterator[Diagnostic]:
    for index, receiver in enumerate(receivers):
        name = _get(receiver, "slack", "template")
        if isinstance(name, str) and name not in known:
            instead = guess(name, known) or f"; there {_listed(known)}"
            yield Diagnostic(
                f"{quoted(name)} is neither built in nor among the templates{instead}",
                ("receivers", index, "slack", "template"),
            )


def _get(data: object, *keys: str) -> object:
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _list(data: object) -> list[object]:
    return data if isinstance(data, list) else []


def _listed(words: Mapping[str, None]) -> str:
    shown, more = ", ".join(list(words)[:_SHOWN]) or "none", len(words) - _SHOWN
    return f"{'is' if len(words) < 2 else 'are'} {shown}{f' and {more} more' if more > 0 else ''}"
