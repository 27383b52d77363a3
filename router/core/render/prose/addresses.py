"""Annotations that are web addresses: where they lead, however their names are spelled."""

import re
from functools import lru_cache
from typing import Final

from router.core.slack.markup import is_web_address, web_address

_NAME: Final = re.compile(r"(?P<leads_to>runbook|playbook|dashboard|panel|query|silence)(?P<address>url|uri|link)?")
_SEPARATORS: Final = re.compile(r"[\s_.-]+")
_MARKED: Final = re.compile(
    r'\[[^\]]*\]\(\s*<?(?P<markdown>[^\s<>]+?)>?(?:\s+"[^"]*")?\s*\)|<(?P<slack>[^\s<>|]+)(?:\|[^<>]*)?>'
)


_LONGEST_KEPT: Final = 64
"""Longer names are none of these in practice, and not worth the memory."""


def link_named(name: str) -> str:
    """Where an annotation of this name leads, as in `runbook_url`, `runbookURL` or `Runbook`; "" for other names."""
    return _read(name)[0]


def is_named_address(name: str) -> bool:
    """Whether the name says that the annotation is an address, as in `runbook_url`."""
    return _read(name)[1]


def _read(name: str) -> tuple[str, bool]:
    """Both, remembered since the same few names come with every alert."""
    return _kept(name) if len(name) <= _LONGEST_KEPT else _parsed(name)


def _parsed(name: str) -> tuple[str, bool]:
    found = _NAME.fullmatch(_SEPARATORS.sub("", name.lower()))
    return (found["leads_to"], found["address"] is not None) if found else ("", False)


_kept: Final = lru_cache(maxsize=1024)(_parsed)


def address_in(text: str) -> str:
    """The web address that a text is, also as a link in Markdown or in Slack's markup; "" where it is none."""
    if "//" not in text:
        return ""
    marked = _MARKED.fullmatch(text.strip())
    inside = (marked["markdown"] or marked["slack"]) if marked else text
    return web_address(inside) if is_web_address(inside) else ""
