"""What Slack reads between angle brackets: links, people and groups, channels, dates.

Slack decodes `&amp;`, `&lt;` and `&gt;` once and does not parse the result again. Only http and https make a link;
anything that is not a valid token is shown as it is written.
"""

import re
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from slack_view.markup import classed, el
from slack_view.moment import moment

_ENTITY: Final = re.compile("&(amp|lt|gt);")
_DECODED: Final = {"amp": "&", "lt": "<", "gt": ">"}
_WEB: Final = re.compile(r"https?://[^\s<>\"'\\\x00-\x20\x7f]+", re.IGNORECASE)
_DATE: Final = re.compile(r"!date\^(\d{1,12})\^([^|^]+)(?:\^([^|^]*))?")
_PERSON: Final = re.compile(r"@([UWB][A-Z0-9]+)")
_GROUP: Final = re.compile(r"!subteam\^(S[A-Z0-9]+)")
_EVERYBODY: Final = re.compile(r"!(here|channel|everyone)")
_CHANNEL: Final = re.compile(r"#([CG][A-Z0-9]+)")
TOKEN: Final = re.compile(r"<([^<>]*)>")


def decoded(text: str) -> str:
    """Decode Slack's three entities, once."""
    return _ENTITY.sub(lambda match: _DECODED[match[1]], text)


def link(url: str, label: str, name: str | None = None) -> Markup:
    """A link without a referrer; only the label if the address is not a web address."""
    if not _WEB.fullmatch(url):
        return el("span", None, label)
    return el("a", {"href": url, "rel": "noopener noreferrer", "target": "_blank", "class": name}, label)


def draw_token(inside: str, names: Mapping[str, str]) -> Markup:
    """Render the token with this content."""
    subject, _, raw_label = inside.partition("|")
    label = decoded(raw_label)
    if pinged := pinged_by(inside, names):
        return classed("span", "mention ping" if subject.startswith("!") else "mention", pinged)
    if channel := _CHANNEL.fullmatch(subject):
        return classed("span", "mention", "#" + (names.get(channel[1]) or label or channel[1]))
    if date := _DATE.fullmatch(subject):
        shown = moment(int(date[1]), date[2], label)
        return el("span", None, shown, " ", link(decoded(date[3]), "↗")) if date[3] else shown
    address = decoded(subject)
    if _WEB.fullmatch(address) or raw_label:
        return link(address, label or address)
    return el("span", None, f"<{decoded(inside)}>")


def pinged_by(inside: str, names: Mapping[str, str]) -> str | None:
    """The name of whom the token pings; None for a token that pings no one."""
    subject, _, label = inside.partition("|")
    if everybody := _EVERYBODY.fullmatch(subject):
        return "@" + everybody[1]
    one = _PERSON.fullmatch(subject) or _GROUP.fullmatch(subject)
    return "@" + (names.get(one[1]) or decoded(label).removeprefix("@") or one[1]) if one else None
