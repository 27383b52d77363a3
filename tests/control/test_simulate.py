"""A sequence of webhooks is led through the core as the service leads it."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from alert_router_local.transcript import transcript

from router.control.simulate import Simulation, by_receiver
from router.core.model.instant import HOUR, MINUTE, SECOND
from router.core.model.operation import Op, Reason
from router.core.model.rules.by_label import ByLabel
from router.core.model.rules.inhibit import InhibitRules
from router.core.model.rules.receiver import OnChange
from router.core.model.rules.tenant import Tenant
from router.core.parse.webhook import parse
from tests.catalogue import CATALOGUE
from tests.core.builders import a_receiver, a_route, a_rule, a_tenant, a_timing, at, minutes, seconds


def body(*alerts: tuple[str, str]) -> bytes:
    """A webhook with these alerts, each a name and a status; all began at noon."""
    rows: list[dict[str, Any]] = [
        {"labels": {"alertname": "A", "instance": name}, "status": status, "startsAt": "2026-11-23T12:00:00Z"}
        for name, status in alerts
    ]
    return json.dumps({"version": "4", "groupKey": "g", "groupLabels": {"alertname": "A"}, "alerts": rows}).encode()


def simulated(bodies: Iterable[tuple[int, bytes]], tenant: Tenant | None = None) -> Simulation:
    """The webhooks led through, each at its time after noon."""
    simulation = Simulation(tenant or a_tenant(), lambda to: CATALOGUE.localizer(to.locale, "UTC", to.layout))
    for after, content in bodies:
        simulation.see(parse(content, at(after)), at(after))
    simulation.finish()
    return simulation


def made(simulation: Simulation) -> list[tuple[int, Op, Reason]]:
    return [(call.step, call.op, call.reason) for call in simulation.calls]


LIFE: Final = (
    (0, body(("a", "firing"), ("b", "firing"))),
    (minutes(5), body(("a", "resolved"), ("b", "firing"))),
    (minutes(10), body(("a", "resolved"), ("b", "resolved"))),
    (minutes(15), body(("a", "firing"))),
)


def test_an_incident_is_posted_edited_answered_and_reopened() -> None:
    assert made(simulated(LIFE)) == [
        (1, Op.POST, Reason.FIRST),
        (2, Op.EDIT, Reason.SOME_RESOLVED),
        (2, Op.REPLY_THREAD, Reason.SOME_RESOLVED),
        (3, Op.EDIT, Reason.ALL_RESOLVED),
        (3, Op.REPLY_THREAD, Reason.ALL_RESOLVED),
        (4, Op.EDIT, Reason.NEW_ALERTS),
        (4, Op.REPLY_BROADCAST, Reason.NEW_ALERTS),
    ]


def test_every_call_stands_where_slack_would_put_it() -> None:
    calls = simulated(LIFE).calls
    first = calls[0].shown_at

    assert {call.shown_at for call in calls if not call.op.is_reply} == {first}
    replies = [call for call in calls if call.op.is_reply]
    assert [call.call.arguments["thread_ts"] for call in replies] == [first.ts] * 3
    assert len({call.shown_at.ts for call in replies} | {first.ts}) == 4


def test_a_transcript_is_what_the_channel_shows() -> None:
    [shown] = transcript(simulated(LIFE).calls)

    assert (shown.edits, len(shown.texts), len(shown.times_s)) == (3, 4, 4)
    assert [reply.broadcast for reply in shown.replies] == [False, False, True]
    assert shown.text.startswith("FIRING")
    assert shown.times_s[1] - shown.times_s[0] == 300


def test_a_transcript_of_the_first_calls_is_the_channel_by_then() -> None:
    [shown] = transcript(call for call in simulated(LIFE).calls if call.step <= 1)

    assert (shown.edits, shown.replies) == (0, ())


def test_what_comes_too_soon_is_shown_when_the_interval_has_passed() -> None:
    calls = simulated([(0, body(("a", "firing"))), (SECOND, body(("a", "firing"), ("b", "firing")))]).calls

    assert [call.at for call in calls] == [at(0), at(30 * SECOND), at(30 * SECOND)]


def test_the_group_wait_passes_and_what_ended_meanwhile_is_not_shown() -> None:
    tenant = a_tenant(a_route(timing=a_timing(group_wait=minutes(1))))
    waits = simulated([(0, body(("a", "firing")))], tenant)
    ends = simulated([(0, body(("a", "firing"))), (SECOND, body(("a", "resolved")))], tenant)

    assert [call.at for call in waits.calls] == [at(MINUTE)]
    assert ends.calls == []


def test_timers_between_two_webhooks_run() -> None:
    calls = simulated([(0, body(("a", "firing"))), (13 * HOUR, body(("a", "firing")))])

    assert (1, Op.EDIT, Reason.STALE) in made(calls)
    assert calls.calls[-1].step == 2


def test_nothing_is_repeated_after_the_last_webhook() -> None:
    assert len(simulated([(0, body(("a", "firing"))), (SECOND, body(("a", "firing")))]).calls) == 1


def test_receivers_are_kept_apart_and_each_speaks_its_language() -> None:
    tree = a_route(routes=[a_route(receiver="one", continue_=True), a_route(receiver="two")])
    two = a_receiver("two", channel="C2", locale="fr", on_change=OnChange.EDIT)
    found = {
        str(receiver.name): calls for receiver, calls in by_receiver(simulated(LIFE, a_tenant(tree, [two])).calls)
    }

    assert {name: len(calls) for name, calls in found.items()} == {"one": 7, "two": 4}
    assert found["two"][0].message.text.startswith("EN COURS")


def test_the_channels_of_one_receiver_are_kept_apart() -> None:
    by_instance = ByLabel("instance", {"a": "#a", "b": "#b"})
    tenant = a_tenant(receivers=[replace(a_receiver(), channel_label=by_instance)])
    found = [
        (receiver.channel, [call.shown_at.channel for call in calls])
        for receiver, calls in by_receiver(simulated([(0, body(("a", "firing"), ("b", "firing")))], tenant).calls)
    ]

    assert found == [("#a", ["#a"]), ("#b", ["#b"])]


def regrouped(status: str, labels: dict[str, str], route: str = "{}") -> bytes:
    """One alert, grouped by these labels, by that route of its sender."""
    alert = {"labels": {"alertname": "A", "cluster": "eu"}, "status": status, "startsAt": "2026-11-23T12:00:00Z"}
    key = ", ".join(f'{name}="{value}"' for name, value in labels.items())
    envelope = {"version": "4", "groupKey": f"{route}:{{{key}}}", "groupLabels": labels}
    return json.dumps({**envelope, "alerts": [alert]}).encode()


BY_NAME: Final = {"alertname": "A"}
BY_CLUSTER: Final = {"alertname": "A", "cluster": "eu"}


def test_a_message_of_the_old_grouping_ends_and_the_new_one_goes_on() -> None:
    bodies = [
        (0, regrouped("firing", BY_NAME)),
        (minutes(5), regrouped("firing", BY_CLUSTER)),
        (minutes(10), regrouped("resolved", BY_CLUSTER)),
    ]

    assert made(simulated(bodies)) == [
        (1, Op.POST, Reason.FIRST),
        (2, Op.EDIT, Reason.REROUTED),
        (2, Op.POST, Reason.FIRST),
        (3, Op.EDIT, Reason.ALL_RESOLVED),
        (3, Op.REPLY_THREAD, Reason.ALL_RESOLVED),
    ]


def test_what_two_routes_of_the_sender_send_has_two_messages_that_end_together() -> None:
    critical = '{}/{severity="critical"}'
    bodies = [
        (0, regrouped("firing", BY_NAME)),
        (minutes(5), regrouped("firing", BY_CLUSTER, critical)),
        (minutes(10), regrouped("resolved", BY_CLUSTER, critical)),
    ]

    assert made(simulated(bodies)) == [
        (1, Op.POST, Reason.FIRST),
        (2, Op.POST, Reason.FIRST),
        (3, Op.EDIT, Reason.ALL_RESOLVED),
        (3, Op.REPLY_THREAD, Reason.ALL_RESOLVED),
        (3, Op.EDIT, Reason.ALL_RESOLVED),
        (3, Op.REPLY_THREAD, Reason.ALL_RESOLVED),
    ]


def test_what_a_source_holds_back_is_shown_when_it_ends() -> None:
    rules = InhibitRules((a_rule("instance=source", "instance=~target.*"),))
    route = a_route(group_by=["instance"], timing=a_timing(inhibit_grace=seconds(5)))

    simulation = simulated(
        [
            (0, body(("target-1", "firing"))),
            (seconds(2), body(("target-1", "firing"), ("source", "firing"))),
            (minutes(5), body(("target-1", "firing"), ("target-2", "firing"), ("source", "firing"))),
            (minutes(9), body(("target-1", "firing"), ("target-2", "resolved"), ("source", "resolved"))),
        ],
        replace(a_tenant(route), inhibit_rules=rules),
    )

    shown = [(call.step, call.op, "target" in str(call.message)) for call in simulation.calls]
    assert shown[0] == (2, Op.POST, False)
    assert [step for step, _, is_target in shown if is_target] == [4]
