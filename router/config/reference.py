"""What must agree across a document: receivers that routes name, names used once, channels the tenant may use.

It reads the plain data, not the checked document, so that a mistake elsewhere does not hide these; where the list
that would settle a question is itself unreadable, the question is not asked.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from router.config.finding import Loc, Problem, guess, quoted
from router.core.model.tenant import Style
from router.core.template.language import PARTS

_SHOWN: Final = 10
_BUILT_IN: Final = tuple(style.value for style in Style)


def broken_references(data: object) -> Iterator[Problem]:
    """Every place of the document that contradicts another."""
    receivers = _list(_get(data, "receivers"))
    names = [_get(receiver, "name") for receiver in receivers]
    yield from _repeated(names, "receivers")
    if names and all(isinstance(name, str) for name in names):
        yield from _unknown_receivers(_get(data, "route"), ("route",), dict.fromkeys(map(str, names)))
    yield from _forbidden_channels(receivers, _get(data, "platform", "slack", "channels"))
    templates = _list(_get(data, "templates"))
    styles = [_get(template, "name") for template in templates]
    yield from _repeated(styles, "templates")
    yield from _shadowing(styles)
    yield from _bare(templates)
    if all(isinstance(name, str) for name in styles):
        yield from _unknown_templates(receivers, dict.fromkeys([*_BUILT_IN, *map(str, styles)]))


def _repeated(names: list[object], listed: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if isinstance(name, str) and first.setdefault(name, index) != index:
            taken = f"{quoted(name)} is taken by {listed}[{first[name]}]"
            yield Problem((listed, index, "name"), f"{taken}; choose another name")


def _unknown_receivers(route: object, loc: Loc, names: Mapping[str, None]) -> Iterator[Problem]:
    name = _get(route, "receiver")
    if isinstance(name, str) and name not in names:
        instead = guess(name, names) or f"; there {_listed(names)}"
        yield Problem((*loc, "receiver"), f"{quoted(name)} is not among the receivers{instead}")
    for index, child in enumerate(_list(_get(route, "routes"))):
        yield from _unknown_receivers(child, (*loc, "routes", index), names)


def _forbidden_channels(receivers: list[object], channels: object) -> Iterator[Problem]:
    if not isinstance(channels, list):
        return
    allowed = dict.fromkeys(channel for channel in channels if isinstance(channel, str))
    for index, receiver in enumerate(receivers):
        channel = _get(receiver, "slack", "channel")
        if isinstance(channel, str) and channel not in allowed:
            yield Problem(
                ("receivers", index, "slack", "channel"),
                f"{quoted(channel)} is not among platform.slack.channels; there {_listed(allowed)}; "
                "choose from those or have it added",
            )


def _shadowing(styles: list[object]) -> Iterator[Problem]:
    for index, name in enumerate(styles):
        if name in _BUILT_IN:
            yield Problem(("templates", index, "name"), f"`{name}` is built in; choose another name")


def _bare(templates: list[object]) -> Iterator[Problem]:
    for index, template in enumerate(templates):
        if _get(template, "parts") == {}:
            yield Problem(("templates", index, "parts"), f"names no part; there are {', '.join(PARTS)}")


def _unknown_templates(receivers: list[object], known: Mapping[str, None]) -> Iterator[Problem]:
    for index, receiver in enumerate(receivers):
        name = _get(receiver, "slack", "template")
        if isinstance(name, str) and name not in known:
            instead = guess(name, known) or f"; there {_listed(known)}"
            yield Problem(
                ("receivers", index, "slack", "template"),
                f"{quoted(name)} is neither built in nor among the templates{instead}",
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
