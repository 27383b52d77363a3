"""Form 3: the head as in form 2, alerts in half the room, their contents deflated.

An alert's field is words between blanks: two letters for what was last shown and what a reply has still to report,
and behind them, with commas, the registers that a call in flight shows if they are others by now, and behind a `;`
what Alertmanager knows of it, as quoted JSON; the four registers,
since when it is pending, when its content was seen (`=`: with the newest observation), the registers it was last
shown for (`=`: these; `-`: none; else with commas), its sender group. Numbers are hexadecimal.

A content is a JSON array, deflated with a dictionary of what most alerts have in common and written as base64 behind
a `~`, or as it is behind a `=` where that is shorter. The time at which it was seen is not in it, so that an alert
that is only seen again writes no content. Base64 costs a third, and all values stay text, which scripts and clients
pass on unharmed.

Fields of forms 1 and 2 differ from both in their first characters. They may stand beside them in a group that has not
been written whole since.
"""

import zlib
from binascii import a2b_base64, b2a_base64
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, unquote

from pydantic_core import from_json, to_json

from router.core.model.alert_state import AlertContent, AlertState, LastShown, ShownState
from router.core.model.instant import Instant
from router.core.model.muted import Muted, MutedBy, Sight, Upstream
from router.core.model.registers import UNSEEN, Registers

FORM: Final = "3"
_BLANKS: Final = 8
"""Before a sender group, which may hold some itself."""

_DEFLATED, _PLAIN = "~", "="
_SHORTEST, _LONGEST = 100, 4_096
"""Bytes that are worth deflating, and those that may be: what a tenant stores must not be far larger once read."""

_BEHIND: Final = ";"
_RAW: Final = -15
"""Deflate without header and checksum."""

_LONGEST_KEPT: Final = 2_048
_COMMON: Final = (
    b'"cluster":"container":"endpoint":"environment":"env":"device":"mountpoint":"host":"node":"region":"zone":"team":'
    b'"deployment":"prometheus":"monitoring/kube-prometheus","dashboard_url":"value":"message":"https://grafana.'
    b'"warning"critical"info","info":"error":" is more than than the last minutes.has been down for high above below '
    b'The %. of on in is not has been for more than minutes. ","http://prometheus:9090/graph?g0.expr=%28%7B%22%2C%3D~'
    b'%22%7D%5B5m%5D%29+%3E+0&g0.tab=1",{"alertmanager":"http://alertmanager:9093"}],["alertname"],"},'
    b'"summary":"description":"runbook_url":"https://runbooks.prometheus-operator.dev/runbooks/"},{"description":"'
    b'"instance":"10.0.0.1:9100","job":"namespace":"pod":"service":"severity":"critical"},{"severity":"warning"},'
    b'[{"alertname":"'
)
"""The form: a content can be read only with the dictionary that it was deflated with. The most usual comes last."""

_STATES: Final = {one.value: one for one in ShownState}
_Texts = tuple[Any, ...]


def is_alert(text: str) -> bool:
    """Whether the field of an alert is of this form."""
    return text[1:2] != " "


def write_alert(alert: AlertState) -> str:
    """What changes with an observation, or with a message."""
    now, shown, content = alert.registers, alert.last_shown, alert.content
    seen = "=" if content is None or content.seen == now.last_seen else f"{content.seen:x}"
    same = "=" if shown.registers == now else "-" if shown.registers == UNSEEN else _written(shown.registers, ",")
    flags = f"{shown.state}{alert.unreplied}{_at_call(alert)}{_behind(alert)}"
    return f"{flags} {_written(now, ' ')} {alert.pending_since:x} {seen} {same} {alert.sender_group}"


def _at_call(alert: AlertState) -> str:
    return "" if alert.at_call is None else _written(alert.at_call, ",")


def _behind(alert: AlertState) -> str:
    """What few alerts have: what Alertmanager knows of it, then what held it back until it ended."""
    known = "" if alert.upstream is None else quote(to_json(_known(alert.upstream)))
    held = "" if alert.held_by is None else _BEHIND + quote(to_json(_muted(alert.held_by)))
    return _BEHIND + known + held if known or held else ""


def _known(known: Upstream) -> list[Any]:
    return [known.sight, known.since, known.at, *(_muted(known.muted) if known.muted is not None else ())]


def _muted(muted: Muted) -> list[Any]:
    return [muted.by, muted.name, muted.until, muted.author, muted.comment]


def _read_upstream(text: str) -> Upstream | None:
    if not text:
        return None
    sight, since, at, *muted = from_json(unquote(text))
    return Upstream(Sight(sight), Instant(since), Instant(at), _read_muted(*muted) if muted else None)


def _read_muted(by: str, name: str, until: int, author: str, comment: str) -> Muted:
    return Muted(MutedBy(by), name, Instant(until), author, comment)


def _written(one: Registers, between: str) -> str:
    return between.join((f"{one.start:x}", f"{one.end:x}", f"{one.seen_firing:x}", f"{one.seen_resolved:x}"))


def read_alert(text: str, content: str | None) -> AlertState:
    """The alert, with what its other field holds."""
    flags, start, end, firing, resolved, pending_since, seen, shown, sender_group = text.split(" ", _BLANKS)
    registers = Registers(_instant(start), _instant(end), _instant(firing), _instant(resolved))
    at_call, *behind = flags[2:].split(_BEHIND)
    known, held = [*behind, "", ""][:2]
    content_seen = registers.last_seen if seen == "=" else _instant(seen)
    return AlertState(
        registers=registers,
        last_shown=LastShown(_STATES[flags[0]], _shown_registers(shown, registers)),
        pending_since=_instant(pending_since),
        sender_group=sender_group,
        unreplied=_STATES[flags[1]],
        at_call=_read_registers(at_call) if at_call else None,
        upstream=_read_upstream(known),
        held_by=_read_muted(*from_json(unquote(held))) if held else None,
        content=None if content is None else read_content(content, content_seen),
    )


def _instant(text: str) -> Instant:
    return Instant(int(text, 16))


def _shown_registers(text: str, registers: Registers) -> Registers:
    if text == "=":
        return registers
    if text == "-":
        return UNSEEN
    return _read_registers(text)


def _read_registers(text: str) -> Registers:
    start, end, firing, resolved = map(_instant, text.split(","))
    return Registers(start, end, firing, resolved)


def same_texts(one: AlertContent, other: AlertContent) -> bool:
    """Whether they are written alike."""
    return one is other or _texts(one) == _texts(other)


def _texts(content: AlertContent) -> _Texts:
    return (
        content.labels,
        content.annotations,
        content.generator_url,
        content.group_labels,
        content.links,
        content.values,
    )


def write_content(content: AlertContent) -> str:
    """The texts of an alert."""
    labels, group = content.labels, content.group_labels
    grouped = None if group is None else list(group) if group.items() <= labels.items() else group
    parts = [labels, content.annotations, content.generator_url, grouped, content.links, content.values]
    while not parts[-1] and len(parts) > 4:
        parts.pop()
    plain = to_json(parts)
    if _SHORTEST <= len(plain) <= _LONGEST:
        packed = b2a_base64(_deflate(plain), newline=False)
        if len(packed) < len(plain):
            return _DEFLATED + packed.decode()
    return _PLAIN + plain.decode()


def _deflate(plain: bytes) -> bytes:
    packing = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, _RAW, zdict=_COMMON)
    return packing.compress(plain) + packing.flush()


def read_content(text: str, seen: Instant) -> AlertContent:
    """The texts of an alert, seen at that time; also as forms 1 and 2 write them."""
    labels, annotations, url, grouped, links, values = (
        _kept(text) if len(text) <= _LONGEST_KEPT else _read_texts(text)
    )
    return AlertContent(labels, annotations, url, seen, grouped, links, values)


def _read_texts(text: str) -> _Texts:
    if text.startswith("["):
        labels, annotations, url, _seen, *more = from_json(text)
        grouped, *rest = more or [None]
    else:
        labels, annotations, url, names, *rest = from_json(_json_of(text))
        grouped = {name: labels[name] for name in names} if isinstance(names, list) else names
    return labels, annotations, url, grouped, *rest, *({}, {})[len(rest) :]


def _json_of(text: str) -> str | bytes:
    if text[0] == _PLAIN:
        return text[1:]
    return zlib.decompressobj(_RAW, zdict=_COMMON).decompress(a2b_base64(text[1:]))


_kept: Final = lru_cache(maxsize=1_024)(_read_texts)
"""A group is read several times within moments; nobody changes what was read."""

forget: Final = _kept.cache_clear
"""For measuring what a first read costs."""
