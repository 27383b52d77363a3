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

_IN_GRAFANA: Final = re.compile(r"(https?://[^?#]+?)/alerting/")


def links_of(content: AlertContent) -> Links:
    """The alert's own: `runbook`, `playbook`, `dashboard`, `panel`, `query`, its sender's `silence`."""
    notes, sent = content.annotations, content.links
    dashboard = notes.get("dashboard_url") or sent.get("dashboard") or _grafana_dashboard(content)
    return _usable({
        "runbook": _first(notes, "runbook_url", "runbook"),
        "playbook": _first(notes, "playbook_url", "playbook"),
        "dashboard": dashboard or _first(notes, "dashboard"),
        "panel": notes.get("panel_url") or sent.get("panel") or _grafana_panel(content),
        "query": content.generator_url,
        "silence": sent.get("silence", ""),
    })  # fmt: skip


def _first(notes: Labels, *names: str) -> str:
    """The first of these annotations that is a web address, in any case."""
    folded = {name.lower(): text for name, text in notes.items()}
    return next((folded[name] for name in names if web_address(folded.get(name, ""))), "")


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
