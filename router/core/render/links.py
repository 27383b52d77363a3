"""Where a message leads: the web addresses of an alert, of all alerts of a message, and a silence for them.

Whatever is not an http or https address is left out, and so is what there is no room for.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from router.core.match.labels import Labels
from router.core.match.matcher import Matcher, Operator
from router.core.model.alert import Links
from router.core.model.alert_state import AlertContent
from router.core.render.prose.addresses import address_in, is_named_address, link_named
from router.core.render.prose.annotations import is_hidden, is_placed
from router.core.slack.markup import is_web_address, web_address

KINDS: Final = ("runbook", "playbook", "dashboard", "panel", "query", "silence")
"""The links whose names are translated; all others bear the name of their annotation."""

_MAX_OTHERS: Final = 6
MAX_LINKS_CHARS: Final = 2_200
"""Of all links in one place, as Slack counts them."""

_UNQUOTED: Final = re.compile(r"[^A-Za-z0-9_.~-]+")
_QUOTED: Final = {char: quote(char, safe="") for char in map(chr, range(128))}
_MORE_ESCAPED: Final = len("&amp;") - len("&")
"""All that escaping adds to a web address, in which angles are encoded."""
_LONGEST_KEPT: Final = 100
_IN_GRAFANA: Final = re.compile(r"(https?://[^?#]+?)/alerting/")


def links_of(content: AlertContent) -> Links:
    """The alert's own: those of `KINDS`, then by name the other annotations that are a web address.

    What an annotation names as an address comes before what the sender links, and that before all other annotations.
    """
    notes, sent = content.annotations, content.links
    addresses = sorted([(name, text) for name, text in notes.items() if "//" in text])
    found = [(name, to, text) for name, text in addresses if (to := link_named(name))]
    named = _noted((to, text) for name, to, text in found if is_named_address(name))
    linked = {
        "dashboard": sent.get("dashboard") or _grafana_dashboard(content),
        "panel": sent.get("panel") or _grafana_panel(content),
        "query": content.generator_url,
        "silence": sent.get("silence", ""),
    }
    other = _noted((to, text) for _, to, text in found)
    known = {kind: named.get(kind) or web_address(linked.get(kind, "")) or other.get(kind, "") for kind in KINDS}
    if len(found) == len(addresses):
        return _usable(known)
    return _usable({**known, **_others(notes)})


def _noted(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The addresses in these texts, by where they lead."""
    return {to: address for to, text in found if (address := address_in(text))}


def _others(annotations: Labels) -> Links:
    """The first few of the annotations with names of their own that are a web address and nothing else."""
    names = [name for name in sorted(annotations) if is_web_address(annotations[name]) and not link_named(name)]
    found = [name for name in names if not is_placed(name) and not is_hidden(name, annotations)]
    return {name: annotations[name] for name in found[:_MAX_OTHERS]}


def picture_of(content: AlertContent) -> str:
    """The address of the picture that the sender made of the alert, which Slack can fetch; "" without one."""
    address = web_address(content.picture)
    return address if address.startswith("https://") else ""


def shared_links(all_links: Sequence[Links]) -> Links:
    """The web addresses that all alerts have."""
    if not all_links:
        return {}
    first, *others = all_links
    if not others:
        return first
    return {name: url for name, url in first.items() if all(other.get(name) == url for other in others)}


def with_silence(links: Links, contents: Sequence[AlertContent], labels: Labels) -> Links:
    """The links, and the form for a silence of these labels at the Alertmanager that sent all these alerts."""
    if "silence" in links or not labels:
        return links
    senders = {content.links.get("alertmanager", "") for content in contents}
    if len(senders) != 1 or senders == {""}:
        return links
    silence = f"{senders.pop().rstrip('/')}/#/silences/new?filter={_filter(labels)}"
    return _usable({**links, "silence": silence})


def _filter(labels: Labels) -> str:
    """Matchers that hold for these labels, in Alertmanager's order, as they stand in an address."""
    return f"%7B{'%2C'.join([_matcher(name, labels[name]) for name in sorted(labels)])}%7D"


def _matcher(name: str, value: str) -> str:
    """Most labels are short, and the same for many alerts."""
    return _kept(name, value) if len(name) + len(value) <= _LONGEST_KEPT else _quoted_matcher(name, value)


def _quoted_matcher(name: str, value: str) -> str:
    return _quoted(str(Matcher(name, Operator.EQUAL, value)))


_kept: Final = lru_cache(maxsize=4096)(_quoted_matcher)


def _usable(urls: Mapping[str, str]) -> Links:
    kept: dict[str, str] = {}
    room = MAX_LINKS_CHARS
    for name, url in urls.items():
        address = web_address(url)
        length = len(address) + _MORE_ESCAPED * address.count("&")
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
    return _UNQUOTED.sub(_quote, text) if text.isascii() else quote(text, safe="", errors="replace")


def _quote(run: re.Match[str]) -> str:
    return "".join([_QUOTED[char] for char in run[0]])
