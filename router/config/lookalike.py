"""Recognize what people hand in instead of a tenant's file, or what looks right in one and means something else."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from router.config.document.routes import Inheritable
from router.config.document.tenant import TenantDocument
from router.diagnostic import Diagnostic, KeyPath

_OURS: Final = frozenset({"version", "tenant", "platform"})
_THEIRS: Final = frozenset({"global", "inhibit_rules", "mute_time_intervals", "time_intervals"})
_ALERTMANAGER: Final = (
    "this looks like an alertmanager.yml, not a tenant's file; `alert-router import` makes one of it; "
    "docs/tenant-file.md#from-an-alertmanageryml says what becomes of what"
)
_COMMENTED: Final = re.compile(r"^[^#\n]*\bchannels?\s*:\s*\[?[ \t]*(?P<name>#[\w-]+)", re.MULTILINE)
_UNQUOTED: Final = re.compile(r"[^=!~\"]+(?:=~|!~|!=|=)\s*(?P<value>[^\s\"][^\",{}]*\s[^\",{}]*[^\s\",{}])\s*")
_SINGLE_QUOTED: Final = re.compile(r"(?:^|[{,])[^=!~\"{,]+(?:=~|!~|!=|=)\s*'(?P<value>[^'\",]*)'\s*(?:[,}]|$)")


def alertmanager(data: object) -> Diagnostic | None:
    """The one diagnostic for a configuration of Alertmanager; everything else about it would only confuse."""
    if not isinstance(data, Mapping) or _OURS & data.keys():
        return None
    receivers = data.get("receivers")
    listed = [one for one in receivers if isinstance(one, Mapping)] if isinstance(receivers, list) else []
    theirs = any(str(key).endswith("_configs") for one in listed for key in one)
    return Diagnostic(_ALERTMANAGER) if theirs or ("route" in data and _THEIRS & data.keys()) else None


def commented_channel(text: str) -> tuple[int, str] | None:
    """Where in the text a channel's name begins a comment by mistake, and what to do."""
    found = _COMMENTED.search(text)
    if found is None:
        return None
    name = found["name"]
    return found.start("name"), f'not YAML: # begins a comment here; write the channel in quotes: "{name}"'


def doubtful(document: TenantDocument) -> Iterator[Diagnostic]:
    """What is valid and probably not meant; warnings."""
    yield from _doubtful_matchers(document.route, ("route",))
    for index, rule in enumerate(document.inhibit_rules):
        path: KeyPath = ("inhibit_rules", index)
        yield from _doubts(rule.source_matchers, (*path, "source_matchers"))
        yield from _doubts(rule.target_matchers, (*path, "target_matchers"))


def _doubtful_matchers(route: Inheritable, path: KeyPath) -> Iterator[Diagnostic]:
    yield from _doubts(getattr(route, "matchers", ()), (*path, "matchers"))
    for index, below in enumerate(route.routes):
        yield from _doubtful_matchers(below, (*path, "routes", index))


def _doubts(texts: Iterable[str], path: KeyPath) -> Iterator[Diagnostic]:
    for index, text in enumerate(texts):
        message = _doubt(text)
        if message:
            yield Diagnostic(message, (*path, index))


def _doubt(matcher: str) -> str:
    """What is probably not meant in a matcher; "" where nothing is doubtful."""
    if found := _SINGLE_QUOTED.search(matcher):
        meant, written = f'"{found["value"]}"', f"\"'{found['value']}'\""
        return f"the single quotes belong to the value; write `{meant}`, or `{written}` if it is meant so"
    if found := _UNQUOTED.fullmatch(matcher):
        return f"the whole of `{found['value']}` is the value; if it is meant so, write it in double quotes"
    return ""
