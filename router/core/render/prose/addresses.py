"""Annotations that are web addresses: where they lead, however their names are spelled."""

import re
from typing import Final

from router.core.slack.markup import is_web_address, web_address

_NAME: Final = re.compile(r"(?P<leads_to>runbook|playbook|dashboard|panel|query|silence)(?P<address>url|uri|link)?")
_SEPARATORS: Final = re.compile(r"[\s_.-]+")
_MARKED: Final = re.compile(
    r'\[[^\]]*\]\(\s*<?(?P<markdown>[^\s<>]+?)>?(?:\s+"[^"]*")?\s*\)|<(?P<slack>[^\s<>|]+)(?:\|[^<>]*)?>'
)


def link_named(name: str) -> str:
    """Where an annotation of this name leads, as in `runbook_url`, `runbookURL` or `Runbook`; "" for other names."""
    found = _NAME.fullmatch(_plain(name))
    return found["leads_to"] if found else ""


def is_named_address(name: str) -> bool:
    """Whether the name says that the annotation is an address, as in `runbook_url`."""
    found = _NAME.fullmatch(_plain(name))
    return found is not None and found["address"] is not None


def address_in(text: str) -> str:
    """The web address that a text is, also as a link in Markdown or in Slack's markup; "" where it is none."""
    marked = _MARKED.fullmatch(text.strip())
    inside = (marked["markdown"] or marked["slack"]) if marked else text
    return web_address(inside) if is_web_address(inside) else ""


def _plain(name: str) -> str:
    return _SEPARATORS.sub("", name.lower())
