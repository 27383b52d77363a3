"""Where a message leads: the web addresses of an alert, of all alerts of a message, and a silence for them.

Whatever is not an http or https address is left out, and so is what there is no room for.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from router.core.match.labels import Labels
from router.core.match.matcher import Matcher, Operator, in_order
from router.core.model.alert import Links
from router.core.model.alert_state import AlertContent
from router.core.slack.markup import escape, web_address

MAX_LINKS_CHARS: Final = 2_200
"""Of all links in one place, as Slack counts them."""

_NAME: Final = re.compile(r"(?P<leads_to>runbook|playbook|dashboard|panel)(?:url|uri|link)?")
_SEPARATORS: Final = re.compile(r"[\s_.-]+")
_MARKED: Final = re.compile(
    r'\[[^\]]*\]\(\s*<?(?P<markdown>[^\s<>]+?)>?(?:\s+"[^"]*")?\s*\)|<(?P<slack>[^\s<>|]+)(?:\|[^<>]*)?>'
)
_IN_GRAFANA: Final = re.compile(r"(https?://[^?#]+?)/alerting/")


def links_of(content: AlertContent) -> Links:
    """The alert's own: `runbook`, `playbook`, `dashboard`, `panel`, `query`, its sender's `silence`."""
    noted, sent = _noted(content.annotations), content.links
    return _usable({
        "runbook": noted.get("runbook", ""),
        "playbook": noted.get("playbook", ""),
        "dashboard": noted.get("dashboard") or sent.get("dashboard") or _grafana_dashboard(content),
        "panel": noted.get("panel") or sent.get("panel") or _grafana_panel(content),
        "query": content.generator_url,
        "silence": sent.get("silence", ""),
    })  # fmt: skip


def link_named(name: str) -> str:
    """Where an annotation of this name leads, as in `runbook_url`, `runbookURL` or `Runbook`; "" for other names."""
    found = _NAME.fullmatch(_SEPARATORS.sub("", name.lower()))
    return found["leads_to"] if found else ""


def address_in(text: str) -> str:
    """The web address that a text is, also as a link in Markdown or in Slack's markup; "" where it is none."""
    marked = _MARKED.fullmatch(text.strip())
    return web_address((marked["markdown"] or marked["slack"]) if marked else text)


def _noted(notes: Labels) -> dict[str, str]:
    """What annotations lead to, by where; of two that lead there, the one whose name says that it is an address."""
    named = ((link_named(name), name, address_in(text)) for name, text in notes.items() if link_named(name))
    found = sorted((len(name), to, address) for to, name, address in named if address)
    return {to: address for _, to, address in found}


def shared_links(all_links: Sequence[Links]) -> Links:
    """The web addresses that all alerts have."""
    if not all_links:
        return {}
    first, *others = all_links
    return {name: url for name, url in first.items() if all(other.get(name) == url for other in others)}


def with_silence(links: Links, contents: Sequence[AlertContent], labels: Labels) -> Links:
    """The links, and the form for a silence of these labels at the Alertmanager that sent all these alerts."""
    senders = {content.links.get("alertmanager", "") for content in contents}
    if "silence" in links or len(senders) != 1 or senders == {""} or not labels:
        return links
    matchers = in_order(tuple(Matcher(name, Operator.EQUAL, value) for name, value in labels.items()))
    wanted = _quoted("{" + ",".join(map(str, matchers)) + "}")
    return _usable({**links, "silence": f"{senders.pop().rstrip('/')}/#/silences/new?filter={wanted}"})


def _usable(urls: Mapping[str, str]) -> Links:
    kept: dict[str, str] = {}
    room = MAX_LINKS_CHARS
    for name, url in urls.items():
        address = web_address(url)
        length = len(escape(address))
        if address and length <= room:
            kept[name], room = address, room - length
    return kept


def _grafana_dashboard(content: AlertContent) -> str:
    """The dashboard that a rule of Grafana's names in annotations, as it sends them to another Alertmanager."""
    uid = content.annotations.get("__dashboardUid__", "")
    grafana = _IN_GRAFANA.match(content.generator_url) if uid else None
    return f"{grafana[1]}/d/{_quoted(uid)}" if grafana else ""


def _grafana_panel(content: AlertContent) -> str:
    dashboard, panel = _grafana_dashboard(content), content.annotations.get("__panelId__", "")
    return f"{dashboard}?viewPanel={_quoted(panel)}" if dashboard and panel else ""


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")
