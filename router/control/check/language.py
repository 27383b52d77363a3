"""Whether a sample of every kind of message can be written in each language that the tenant uses."""

from collections.abc import Callable
from typing import Final

from router.control.check.row import Row, State
from router.core.decide.notification import Telling
from router.core.model.alert import Fingerprint
from router.core.model.group import AlertState, Content, Notification, Op, Place, Reason, Registers, Say, ToldAs
from router.core.model.instant import HOUR, Instant
from router.core.model.key import GroupKey
from router.core.model.tenant import Receiver, Tenant
from router.core.render.render import render
from router.core.render.test_message import render_trial
from router.core.slack.message import SlackMessage, faults
from router.errors import ConfigurationError
from router.ports import Words

_FIRING, _RESOLVED = Fingerprint("firing"), Fingerprint("resolved")
_SHOWN: Final = {_FIRING: ToldAs.FIRING, _RESOLVED: ToldAs.RESOLVED}
_TELLINGS: Final = (
    Telling(Op.POST, Reason.FIRST, _SHOWN, mentions=True),
    Telling(Op.EDIT, Reason.REPEAT, _SHOWN, reopens=True),
    Telling(Op.EDIT, Reason.ALL_RESOLVED, dict.fromkeys(_SHOWN, ToldAs.RESOLVED)),
    Telling(Op.EDIT, Reason.STALE, dict.fromkeys(_SHOWN, ToldAs.STALE)),
    Telling(Op.REPLY_ALOUD, Reason.NEW_ALERTS, _SHOWN, escalates=True),
    Telling(Op.REPLY_PLAIN, Reason.ALL_RESOLVED, dict.fromkeys(_SHOWN, ToldAs.RESOLVED)),
)


def language_rows(load_words: Callable[[], Words], tenant: Tenant, now: Instant) -> list[Row]:
    """One row a language."""
    speakers = {receiver.locale: receiver for receiver in tenant.receivers.values()}
    try:
        words = load_words()
    except ConfigurationError as error:
        cure = "mend the templates and catalogues, or leave their settings out for the built-in ones"
        return [Row(f"language {locale}", State.WRONG, str(error.findings[0]), cure) for locale in speakers]
    return [_row(words, tenant, receiver, now) for receiver in speakers.values()]


def _row(words: Words, tenant: Tenant, receiver: Receiver, now: Instant) -> Row:
    what = f"language {receiver.locale}"
    try:
        broken = [fault for message in _samples(words, tenant, receiver, now) for fault in faults(message)]
    except Exception as error:  # noqa: BLE001 - a template may raise anything; that is what is asked here
        broken = [f"{type(error).__name__}: {error}"]
    if broken:
        return Row(what, State.WRONG, f"a sample cannot be written: {broken[0]}", "mend the templates")
    return Row(
        what, State.OK, f"{len(_TELLINGS) + 1} kinds of sample messages are written, times in {tenant.time_zone}"
    )


def _samples(words: Words, tenant: Tenant, receiver: Receiver, now: Instant) -> list[SlackMessage]:
    wording = words.wording(receiver.locale, tenant.time_zone, receiver.layout)
    stored = _sample(tenant, receiver, now)
    told = [render(stored, telling, receiver, tenant, wording, now) for telling in _TELLINGS]
    return [*told, render_trial(receiver, tenant, wording, now)]


def _sample(tenant: Tenant, receiver: Receiver, now: Instant) -> Notification:
    began = Instant(now - HOUR)
    firing = Registers(start=began, seen_firing=now)
    ended = Registers(start=began, end=now, seen_firing=began, seen_resolved=now)
    states = {
        _FIRING: AlertState(firing, since=now, content=_content(tenant, now)),
        _RESOLVED: AlertState(ended, since=now, content=_content(tenant, now)),
    }
    return Notification(
        GroupKey(receiver.name, ("{}",), (("alertname", "Sample"),)),
        place=Place("C0", "1.000001"),
        say=Say(Op.REPLY_ALOUD, Reason.NEW_ALERTS),
        firing=1,
        pending=2,
        contents=2,
        alerts=states,
    )


def _content(tenant: Tenant, now: Instant) -> Content:
    severity = tenant.severity
    labels = {"alertname": "Sample", severity.label: severity.order[0], "instance": "db-1:9100"}
    return Content(
        labels, {"summary": "A sample", "runbook_url": "https://example.com/"}, "https://example.com/g", now
    )
