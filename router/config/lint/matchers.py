"""Matchers that probably mean something else than their author thinks."""

import re
from collections.abc import Iterator
from typing import Final

from router.config.document.inhibition import InhibitEntry
from router.config.document.routes import Branch, Inheritable
from router.config.document.tenant import TenantDocument
from router.config.values import Matchers
from router.core.match.logic import allowed, is_always
from router.core.match.matcher import Doubt, Matcher, Operator, read_matchers
from router.core.match.printing import printed
from router.diagnostic import Diagnostic, KeyPath

_UNQUOTED: Final = re.compile(r"[^=!~\"]+(?:=~|!~|!=|=)\s*(?P<value>[^\s\"][^\",{}]*\s[^\",{}]*[^\s\",{}])\s*")
_SINGLE_QUOTED: Final = re.compile(r"(?:^|[{,])[^=!~\"{,]+(?:=~|!~|!=|=)\s*'(?P<value>[^'\",]*)'\s*(?:[,}]|$)")
_TWO_SIGNS: Final = re.compile(r"\s*(?P<name>[^=!~\"{},\s]+)\s*==\s*\"?(?P<value>[^=~\"{},]*)\"?\s*")
_EVERYTHING: Final = ", so every alert holds others back; name those that do"
_EQUALITY: Final = {Operator.MATCHES: Operator.EQUAL, Operator.NOT_MATCHES: Operator.NOT_EQUAL}


def doubtful_matchers(document: TenantDocument) -> Iterator[Diagnostic]:
    """Quotes and blanks that belong to a value, and texts that the grammars of Alertmanager read differently."""
    for path, text in _texts(document):
        message = _quoting(text) or _reading(text)
        if message:
            yield Diagnostic(message, path)


def needless_patterns(document: TenantDocument) -> Iterator[Diagnostic]:
    """Patterns that say no more than `=` or nothing at all."""
    for path, text in _texts(document):
        for one in text.parsed:
            if is_always(one):
                yield Diagnostic(f"`{one}` is fulfilled by every alert{_remedy(document, path)}", path)
            elif (equality := _equality(one)) is not None:
                yield Diagnostic(f"a pattern of one plain value; write `{equality}`, which costs less", path)


def _remedy(document: TenantDocument, path: KeyPath) -> str:
    """The source of a rule must have a matcher, whatever that is."""
    match path:
        case "inhibit_rules", int(index), "source_matchers", _:
            source = [one for text in document.inhibit_rules[index].source_matchers for one in text.parsed]
            return "; remove it" if not all(map(is_always, source)) else _EVERYTHING
        case _:
            return "; remove it"


def _equality(matcher: Matcher) -> str | None:
    operator = _EQUALITY.get(matcher.operator)
    values = allowed(Matcher(matcher.name, Operator.MATCHES, matcher.value)) if operator else None
    if operator is None or values is None or len(values) != 1:
        return None
    return printed(matcher.name, operator, next(iter(values)))


def _quoting(text: str) -> str:
    """Why the text may mean something else; "" where nothing is doubtful."""
    if found := _SINGLE_QUOTED.search(text):
        meant, written = f'"{found["value"]}"', f"\"'{found['value']}'\""
        return f"the single quotes belong to the value; write `{meant}`, or `{written}` if it is meant so"
    if found := _TWO_SIGNS.fullmatch(text):
        meant, written = (printed(found["name"], Operator.EQUAL, sign + found["value"]) for sign in ("", "="))
        return f"the second = belongs to the value; write `{meant}`, or `{written}` if it is meant so"
    if found := _UNQUOTED.fullmatch(text):
        return f"the whole of `{found['value']}` is the value; if it is meant so, write it in double quotes"
    return ""


def _reading(text: str) -> str:
    read = read_matchers(text)
    written = ",".join(map(str, read.matchers))
    if read.doubt is None:
        return ""
    if not read.matchers:
        return "it holds no matcher, so every alert fulfils it; remove it"
    if read.doubt is Doubt.INCOMPATIBLE:
        return f"only the older grammar of Alertmanager reads this; write `{written}`"
    return f"Alertmanager's two grammars read this differently, and the older one holds; write `{written}`"


def _texts(document: TenantDocument) -> Iterator[tuple[KeyPath, Matchers]]:
    yield from _of_routes(document.route, ("route",))
    for index, rule in enumerate(document.inhibit_rules):
        yield from _of_rule(rule, ("inhibit_rules", index))
    for index, heartbeat in enumerate(document.heartbeats):
        for place, text in enumerate(heartbeat.matchers):
            yield ("heartbeats", index, "matchers", place), text
    for index, metric in enumerate(document.metrics):
        for place, text in enumerate(metric.matchers):
            yield ("metrics", index, "matchers", place), text


def _of_routes(route: Inheritable, path: KeyPath) -> Iterator[tuple[KeyPath, Matchers]]:
    if isinstance(route, Branch):
        for place, text in enumerate(route.matchers):
            yield (*path, "matchers", place), text
    for index, below in enumerate(route.routes):
        yield from _of_routes(below, (*path, "routes", index))


def _of_rule(rule: InhibitEntry, path: KeyPath) -> Iterator[tuple[KeyPath, Matchers]]:
    for key, texts in (("source_matchers", rule.source_matchers), ("target_matchers", rule.target_matchers)):
        for place, text in enumerate(texts):
            yield (*path, key, place), text
