"""A sequence of webhooks is led through the core as the service leads it."""

import json
from collections.abc import Iterable
from typing import Any, Final

from alert_router_local.transcript import transcript

from router.adapters.locale.catalogue import Catalogue
from router.control.simulate import Rehearsal, by_receiver
from router.core.model.group import Op, Reason
from router.core.model.instant import HOUR, MINUTE, SECOND
from router.core.model.tenant import OnChange, Tenant
from router.core.parse.webhook import parse
from tests.core.builders import a_receiver, a_route, a_tenant, a_timing, at, minutes

CATALOGUE: Final = Catalogue.load()


def body(*alerts: tuple[str, str]) -> bytes:
    """A webhook with these alerts, each a name and a status; all began at noon."""
    rows: list[dict[str, Any]] = [
        {"labels": {"alertname": "A", "instance": name}, "status": status, "startsAt": "2026-11-23T12:00:00Z"}
        for name, status in alerts
    ]
    return json.dumps({"version": "4", "groupKey": "g", "groupLabels": {"alertname": "A"}, "alerts": rows}).encode()


def rehearsed(bodies: Iterable[tuple[int, bytes]], tenant: Tenant | None = None) -> Rehearsal:
    """The webhooks led through, each at its time after noon."""
    rehearsal = Rehearsal(tenant or a_tenant(), lambda to: CATALOGUE.wording(to.locale, "UTC", to.layout))
    for after, content in bodies:
        rehearsal.see(parse(content, at(after)), at(after))
    rehearsal.finish()
    return rehearsal


def said(rehearsal: Rehearsal) -> list[tuple[int, Op, Reason]]:
    return [(call.step, call.op, call.reason) for call in rehearsal.calls]


LIFE: Final = (
    (0, body(("a", "firing"), ("b", "firing"))),
    (minutes(5), body(("a", "resolved"), ("b", "firing"))),
    (minutes(10), body(("a", "resolved"), ("b", "resolved"))),
    (minutes(15), body(("a", "firing"))),
)


def test_an_incident_is_posted_edited_answered_and_reopened() -> None:
    assert said(rehearsed(LIFE)) == [
        (1, Op.POST, Reason.FIRST),
        (2, Op.EDIT, Reason.SOME_RESOLVED),
        (2, Op.REPLY_PLAIN, Reason.SOME_RESOLVED),
        (3, Op.EDIT, Reason.ALL_RESOLVED),
        (3, Op.REPLY_PLAIN, Reason.ALL_RESOLVED),
        (4, Op.EDIT, Reason.NEW_ALERTS),
        (4, Op.REPLY_ALOUD, Reason.NEW_ALERTS),
    ]


def test_every_call_stands_where_slack_would_put_it() -> None:
    calls = rehearsed(LIFE).calls
    first = calls[0].place

    assert {call.place for call in calls if not call.op.is_reply} == {first}
    replies = [call for call in calls if call.op.is_reply]
    assert [call.request.arguments["thread_ts"] for call in replies] == [first.ts] * 3
    assert len({call.place.ts for call in replies} | {first.ts}) == 4


def test_a_transcript_is_what_the_channel_shows() -> None:
    [shown] = transcript(rehearsed(LIFE).calls)

    assert (shown.edits, len(shown.texts), len(shown.times_s)) == (3, 4, 4)
    assert [reply.broadcast for reply in shown.replies] == [False, False, True]
    assert shown.text.startswith("FIRING")
    assert shown.times_s[1] - shown.times_s[0] == 300


def test_a_transcript_of_the_first_calls_is_the_channel_by_then() -> None:
    [shown] = transcript(call for call in rehearsed(LIFE).calls if call.step <= 1)

    assert (shown.edits, shown.replies) == (0, ())


def test_what_comes_too_soon_is_told_when_the_interval_has_passed() -> None:
    calls = rehearsed([(0, body(("a", "firing"))), (SECOND, body(("a", "firing"), ("b", "firing")))]).calls

    assert [call.at for call in calls] == [at(0), at(30 * SECOND), at(30 * SECOND)]


def test_the_group_wait_passes_and_what_ended_meanwhile_is_not_told() -> None:
    tenant = a_tenant(a_route(timing=a_timing(group_wait=minutes(1))))
    waits = rehearsed([(0, body(("a", "firing")))], tenant)
    ends = rehearsed([(0, body(("a", "firing"))), (SECOND, body(("a", "resolved")))], tenant)

    assert [call.at for call in waits.calls] == [at(MINUTE)]
    assert ends.calls == []


def test_timers_between_two_webhooks_run() -> None:
    calls = rehearsed([(0, body(("a", "firing"))), (13 * HOUR, body(("a", "firing")))])

    assert (1, Op.EDIT, Reason.STALE) in said(calls)
    assert calls.calls[-1].step == 2


def test_nothing_is_repeated_after_the_last_webhook() -> None:
    assert len(rehearsed([(0, body(("a", "firing"))), (SECOND, body(("a", "firing")))]).calls) == 1


def test_receivers_are_told_apart_and_each_speaks_its_language() -> None:
    tree = a_route(routes=[a_route(receiver="one", goes_on=True), a_route(receiver="two")])
    two = a_receiver("two", channel="C2", locale="fr", on_change=OnChange.EDIT)
    found = {
        str(receiver.name): calls for receiver, calls in by_receiver(rehearsed(LIFE, a_tenant(tree, [two])).calls)
    }

    assert {name: len(calls) for name, calls in found.items()} == {"one": 7, "two": 4}
    assert found["two"][0].message.text.startswith("EN COURS")
