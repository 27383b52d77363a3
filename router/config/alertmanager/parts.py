"""Translate Slack texts of Alertmanager into parts of our messages, where they use only what these offer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from router.config.alertmanager.gotemplate import If, Nodes, NotOfferedError, Print, Range, Text, read_template
from router.config.alertmanager.pipelines import IN_ALERT, IN_COMMON, IN_MESSAGE, IN_PAIRS, Scope, expression, literal

_DEFAULT: Final = re.compile(r'\s*\{\{-?\s*template\s+"slack\.default\.\w+"\s+\.\s*-?\}\}\s*')
_MENTION: Final = re.compile(r"<(@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+|!here|!channel|!everyone)(?:\|[^<>]*)?>")
_LINK: Final = re.compile(r"<[^<>\n]*(?:\||://)|<(?=$)")
_OPENING: Final = re.compile(r"\{[{%#]")
_PAIRS: Final = re.compile(r"(\.Labels|\.Annotations|\.CommonLabels|\.GroupLabels)(?:\.SortedPairs)?")
_NAMED_PAIRS: Final = re.compile(rf"(\$\w+)\s*,\s*(\$\w+)\s*:=\s*{_PAIRS.pattern}")
_LISTS: Final = {".Alerts", ".Alerts.Firing", ".Alerts.Resolved"}


@dataclass(slots=True)
class Translated:
    """A text in our language, and whom it mentions."""

    source: str = ""
    mentions: dict[str, None] = field(default_factory=dict)


def is_default(text: str) -> bool:
    """Whether the text is the one that Alertmanager has anyway, or nothing."""
    return not text.strip() or _DEFAULT.fullmatch(text) is not None


def of_message(text: str) -> Translated:
    """A text about all alerts together.

    Raises:
        NotOfferedError: it uses something that our templates do not have.
    """
    return _translated(read_template(text), IN_MESSAGE)


def of_each_alert(text: str) -> Translated:
    """A text about what all alerts have in common, as one alert's part: there are the annotations.

    Raises:
        NotOfferedError: it uses something that our templates do not have.
    """
    return _translated(read_template(text), {**IN_ALERT, **IN_COMMON})


def of_alerts(text: str) -> Translated | None:
    """A text that is a loop over alerts and nothing else, as one alert's part; None where it has no such loop.

    Raises:
        NotOfferedError: it has a loop and something beside, or uses something that our templates do not have.
    """
    nodes = read_template(text)
    loops = {one.pipeline: one for one in nodes if isinstance(one, Range) and one.pipeline in _LISTS}
    if not loops:
        return None
    others = [one for one in nodes if not isinstance(one, Range)]
    blank = all(isinstance(one, Text) and not one.text.strip() for one in others)
    if not blank or len(loops) + len(others) < len(nodes):
        raise NotOfferedError("something beside the loop over alerts")
    return _merged({name: _translated(loop.body, IN_ALERT) for name, loop in loops.items()})


def _merged(found: dict[str, Translated]) -> Translated:
    """Loops over what fires and over what has ended are one part with a condition."""
    mentions = {mention: None for one in found.values() for mention in one.mentions}
    if len(found) == 1 and ".Alerts" in found:
        return Translated(found[".Alerts"].source.strip(), mentions)
    if ".Alerts" in found:
        raise NotOfferedError("a second loop over alerts")
    ended = found.get(".Alerts.Resolved", Translated()).source.strip()
    firing = found.get(".Alerts.Firing", Translated()).source.strip()
    return Translated(f'{{% if status == "resolved" %}}{ended}{{% else %}}{firing}{{% endif %}}', mentions)


def _translated(nodes: Nodes, scope: Scope) -> Translated:
    found = Translated()
    found.source = "".join(_sources(nodes, scope, found))
    return found


def _sources(nodes: Nodes, scope: Scope, found: Translated) -> Iterator[str]:
    for node in nodes:
        match node:
            case Text(text):
                yield _words(text, found)
            case Print(pipeline):
                yield _printed(pipeline, scope, found)
            case If(pipeline, then, otherwise):
                yield f"{{% if {expression(pipeline, scope)} %}}"
                yield from _sources(then, scope, found)
                if otherwise:
                    yield "{% else %}"
                    yield from _sources(otherwise, scope, found)
                yield "{% endif %}"
            case Range(pipeline, body):
                yield from _loop(pipeline, body, scope, found)


def _words(text: str, found: Translated) -> str:
    """Text as it is; whom it mentions belongs to the receiver, and only the filter `link` makes links."""
    found.mentions |= dict.fromkeys(f"<{mention[1]}>" for mention in _MENTION.finditer(text))
    rest = _MENTION.sub("", text)
    if _LINK.search(rest):
        raise NotOfferedError("a link in Slack's own form")
    return _OPENING.sub(lambda opening: f'{{{{ "{opening[0]}" }}}}', rest)


def _printed(pipeline: str, scope: Scope, found: Translated) -> str:
    if (text := literal(pipeline)) is not None:
        return _words(text, found)
    value = expression(pipeline, scope)
    # A status is printed in the words of the receiver's language; `status` itself is for conditions.
    value = re.sub(r"^status\b", "state", value)
    return f"{{{{ {value} }}}}"


def _loop(pipeline: str, body: Nodes, scope: Scope, found: Translated) -> Iterator[str]:
    named, plain = _NAMED_PAIRS.fullmatch(pipeline), _PAIRS.fullmatch(pipeline)
    if named is not None:
        listed, inside = named[3], {**scope, named[1]: "name", named[2]: "value"}
    elif plain is not None and pipeline.endswith(".SortedPairs"):
        listed, inside = plain[1], {**IN_PAIRS}
    else:
        raise NotOfferedError(f"a loop over `{pipeline}`")
    yield f"{{% for name, value in {expression(listed, scope)} | dictsort %}}"
    yield from _sources(body, inside, found)
    yield "{% endfor %}"
