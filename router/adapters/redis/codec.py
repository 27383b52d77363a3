"""A notification as the fields of its hash, and back.

`v` is the schema's version, `rev` the number of the last transition, `head` everything but the alerts, `a:<fp>` an
alert's registers and what was told of it, `c:<fp>` what it says. A hash of another version is refused, not guessed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from pydantic import TypeAdapter

from router.core.model.alert import Fingerprint
from router.core.model.group import AlertState, Content, Notification, Registers, Told, ToldAs
from router.core.model.instant import Instant
from router.errors import UnavailableError

VERSION: Final = "1"
HEAD_FIELDS: Final = ("v", "rev", "head")
_HEAD: Final = TypeAdapter(Notification)
_ALERT, _CONTENT = "a:", "c:"
_BEFORE_SENDER_GROUP: Final = 11
"""Parts of an alert's field before its last one, which may hold blanks."""


def alert_fields(fingerprint: Fingerprint) -> tuple[str, str]:
    """The two fields of one alert."""
    return f"{_ALERT}{fingerprint}", f"{_CONTENT}{fingerprint}"


def encode_head(notification: Notification) -> dict[str, str]:
    """The fields that every transition writes."""
    head = _HEAD.dump_json(replace(notification, alerts={})).decode()
    return {"v": VERSION, "rev": str(notification.rev), "head": head}


def encode_changes(before: Notification, after: Notification) -> tuple[dict[str, str], list[str]]:
    """The alert fields to set and to delete for this transition."""
    changed: dict[str, str] = {}
    for fingerprint, alert in after.alerts.items():
        old = before.alerts.get(fingerprint)
        if old is alert:
            continue
        state, content = alert_fields(fingerprint)
        changed[state] = _encode_alert(alert)
        if alert.content is not None and (old is None or old.content != alert.content):
            changed[content] = _encode_content(alert.content)
    gone = [
        field for fingerprint in before.alerts.keys() - after.alerts.keys() for field in alert_fields(fingerprint)
    ]
    return changed, gone


def decode(fields: Mapping[str, str]) -> Notification | None:
    """The notification in a whole hash or in the fields that were asked for; None where there is none."""
    if "head" not in fields:
        return None
    if fields.get("v") != VERSION:
        raise UnavailableError(
            f"stored notification has schema version {fields.get('v')}, this program reads {VERSION}"
        )
    head = _HEAD.validate_json(fields["head"])
    return replace(head, rev=int(fields["rev"]), alerts=dict(_decode_alerts(fields)))


def _decode_alerts(fields: Mapping[str, str]) -> Iterable[tuple[Fingerprint, AlertState]]:
    for name, text in fields.items():
        if name.startswith(_ALERT):
            fingerprint = Fingerprint(name.removeprefix(_ALERT))
            yield fingerprint, _decode_alert(text, fields.get(_CONTENT + fingerprint))


def _encode_alert(alert: AlertState) -> str:
    numbers = (*_numbers(alert.registers), *_numbers(alert.told.at), alert.since)
    return " ".join((alert.told.told_as, alert.unsaid, *map(str, numbers), alert.sender_group))


def _numbers(registers: Registers) -> tuple[int, int, int, int]:
    return registers.start, registers.end, registers.seen_firing, registers.seen_resolved


def _decode_alert(text: str, content: str | None) -> AlertState:
    told_as, unsaid, *numbers, sender_group = text.split(" ", _BEFORE_SENDER_GROUP)
    instants = [Instant(int(number)) for number in numbers]
    return AlertState(
        registers=Registers(*instants[:4]),
        told=Told(ToldAs(told_as), Registers(*instants[4:8])),
        since=instants[8],
        sender_group=sender_group,
        unsaid=ToldAs(unsaid),
        content=_decode_content(content) if content is not None else None,
    )


def _encode_content(content: Content) -> str:
    named = (content.labels, content.annotations, content.generator_url, content.seen, content.group_labels)
    return json.dumps((*named, content.links) if content.links else named, ensure_ascii=False)


def _decode_content(text: str) -> Content:
    return Content(*json.loads(text))
