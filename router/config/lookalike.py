"""Recognize what people hand in instead of a tenant's file."""

import re
from collections.abc import Mapping
from typing import Final

from router.diagnostic import Diagnostic

_OURS: Final = frozenset({"version", "tenant", "platform"})
_THEIRS: Final = frozenset({"global", "inhibit_rules", "mute_time_intervals", "time_intervals"})
_ALERTMANAGER: Final = (
    "this looks like an alertmanager.yml, not a tenant's file; `alert-router import` makes one of it; "
    "docs/tenant-file.md#from-an-alertmanageryml says what becomes of what"
)
_COMMENTED: Final = re.compile(r"^[^#\n]*\bchannels?\s*:\s*\[?[ \t]*(?P<name>#[\w-]+)", re.MULTILINE)


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
