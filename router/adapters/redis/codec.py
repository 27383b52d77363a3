"""An alert group as the fields of its hash, and back.

`v` is the form, `rev` the number of the last transition, `head` everything but the alerts, `a:<id>` an alert's
registers and what was shown of it, `c:<id>` its content. Alerts are written alike in forms 1 and 2, and in form 3 in
another way; a group that was of form 2 has some of both.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Final

from router.adapters.redis.forms import CURRENT, READERS, form2, form3
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertContent, AlertState, LastShown, ShownState
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupId
from router.core.model.registers import Registers
from router.ports.state import Loaded, UnknownForm

HEAD_FIELDS: Final = ("v", "rev", "head")
_ALERT, _CONTENT = "a:", "c:"
NAMED: Final = "n"
"""The field of a group some of whose alerts are stored by names."""
ANY_ALERT: Final = "a:*"
"""The fields of alerts, one of each."""
_BEFORE_SENDER_GROUP: Final = 11
"""Parts of an alert's field before its last one, which may hold blanks."""


def alert_fields(alert_id: AlertId) -> tuple[str, str]:
    """The two fields of one alert."""
    return f"{_ALERT}{alert_id}", f"{_CONTENT}{alert_id}"


def alert_of(field: str) -> AlertId:
    """The alert that such a field is of."""
    return AlertId(field.removeprefix(_ALERT))


def split_field(field: str) -> tuple[str, str]:
    """What kind of a field of an alert it is, and the alert; "" and the field where it is none of an alert."""
    kind = field[: len(_ALERT)]
    return (kind, field[len(_ALERT) :]) if kind in {_ALERT, _CONTENT} else ("", field)


def encode_head(group: AlertGroup) -> dict[str, str]:
    """The fields that every transition writes."""
    return {"v": CURRENT, "rev": str(group.rev), "head": form2.write_head(group)}


def encode_changes(before: AlertGroup, after: AlertGroup) -> tuple[dict[str, str], list[str]]:
    """The alert fields to set and to delete for this transition."""
    changed: dict[str, str] = {}
    forgotten: list[str] = []
    for alert_id, alert in after.alerts.items():
        old = before.alerts.get(alert_id)
        if old is alert:
            continue
        state, content = alert_fields(alert_id)
        changed[state] = form3.write_alert(alert)
        if alert.content is not None and not (old and old.content and form3.same_texts(old.content, alert.content)):
            changed[content] = form3.write_content(alert.content)
        if alert.content is None and old is not None and old.content is not None:
            forgotten.append(content)
    gone = [field for alert_id in before.alerts.keys() - after.alerts.keys() for field in alert_fields(alert_id)]
    return changed, [*gone, *forgotten]


def decode(group: GroupId, fields: Mapping[str, str]) -> Loaded | None:
    """The group in a whole hash or in the fields that were asked for; None where there is none.

    What cannot be read, of a form that is not known or damaged, is named and not guessed.
    """
    if "head" not in fields:
        return None
    form, rev = fields.get("v", ""), fields.get("rev", "")
    read = READERS.get(form)
    if read is None:
        return UnknownForm(group, form, rev)
    try:
        return read(fields, dict(_decode_alerts(fields)))
    except (ValueError, TypeError, KeyError, IndexError, zlib.error):
        return UnknownForm(group, f"{form}, damaged", rev)


def _decode_alerts(fields: Mapping[str, str]) -> Iterable[tuple[AlertId, AlertState]]:
    for name, text in fields.items():
        if name.startswith(_ALERT):
            alert_id = alert_of(name)
            read = form3.read_alert if form3.is_alert(text) else _decode_alert
            yield alert_id, read(text, fields.get(_CONTENT + alert_id))


def _decode_alert(text: str, content: str | None) -> AlertState:
    """As forms 1 and 2 write it; the content beside it knows when it was seen."""
    shown_as, unreplied, *numbers, sender_group = text.split(" ", _BEFORE_SENDER_GROUP)
    instants = [Instant(int(number)) for number in numbers]
    return AlertState(
        registers=Registers(*instants[:4]),
        last_shown=LastShown(ShownState(shown_as), Registers(*instants[4:8])),
        pending_since=instants[8],
        sender_group=sender_group,
        unreplied=ShownState(unreplied),
        content=_decode_content(content) if content is not None else None,
    )


def _decode_content(text: str) -> AlertContent:
    return AlertContent(*json.loads(text))
