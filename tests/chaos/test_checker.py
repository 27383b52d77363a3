"""Each promise that the suite checks, broken once: the checker finds it, and finds nothing where it holds."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos import checker
from tests.chaos.evidence import Books, Call, Change, Folded, GroupName, Message, Offsets, Record, Recovery, Seen

GROUP = GroupName("amber", "amber-g1")
FIRES = "FIRING: amber-g1. 2 firing and 1 resolved. instance=i-1. instance=i-2. resolved, instance=i-3. Since noon."
ENDED = "RESOLVED: amber-g1. 2 resolved. instance=i-1. instance=i-2. 12:00-12:01."
CALL = Call("amber", "chat.postMessage", "C1", 10.0, 10.1, True, 200, None, FIRES, False)


def message(text: str = FIRES, ts: str = "1.0", tenant: str = "amber") -> Message:
    return Message(tenant, "alerts-0", ts, text)


def call(arrived_s: float, **more: object) -> Call:
    return replace(CALL, arrived_s=arrived_s, answered_s=arrived_s + 0.1, **more)  # type: ignore[arg-type]


def books(**counts: int) -> Books:
    return Books("amber", 1.0, counts)


def test_a_message_shows_what_fires_and_not_what_has_ended() -> None:
    assert message().firing == {"i-1", "i-2"}
    assert message("FIRING: amber-g1. channel=alerts-0, instance=i-1. Since noon.").firing == {"i-1"}
    assert message("FIRING: amber-g1. 1 firing and 1 moved. instance=i-1. moved, instance=i-2.").firing == {"i-1"}
    assert message(ENDED).firing == set()


def test_books_balance_with_what_was_suppressed_and_is_pending() -> None:
    exact = books(changes=5, notified=1, superseded=1, pending=1, **{"suppressed:rerouted": 2}, duplicates=7)

    assert checker.balance([exact]) == []


@pytest.mark.parametrize("wrong", [{"notified": 1}, {"changes": 2, "pending": 1}, {"changes": 1, "notified": 2}])
def test_a_change_that_is_missing_or_counted_twice_is_found(wrong: dict[str, int]) -> None:
    assert len(checker.balance([books(), books(**wrong)])) == 1


def test_truth_is_what_fires_and_nothing_else() -> None:
    fires = {GROUP: frozenset({"i-1", "i-2"})}

    assert checker.truth(fires, [message()], {}) == []
    assert checker.truth({GROUP: frozenset()}, [message(ENDED)], {}) == []
    assert checker.truth({GROUP: frozenset()}, [], {}) == []


@pytest.mark.parametrize("shown", [[], [message(ENDED)], [message(tenant="birch")], [message(FIRES[:60])]])
def test_what_fires_and_is_not_shown_is_found(shown: list[Message]) -> None:
    assert len(checker.truth({GROUP: frozenset({"i-1", "i-2"})}, shown, {})) == 1


def test_what_has_ended_and_is_shown_firing_is_found() -> None:
    [found] = checker.truth({GROUP: frozenset({"i-1"})}, [message()], {})

    assert "['i-2'] are shown and do not fire" in found


def test_a_group_that_moved_shows_nothing_firing_in_the_message_that_it_left() -> None:
    fires = {GROUP: frozenset({"i-1", "i-2"})}

    assert checker.truth(fires, [message(FIRES, ts="1.0"), message(ENDED, ts="2.0")], {}) == []
    assert len(checker.truth(fires, [message(FIRES, ts="1.0"), message(FIRES[:60], ts="2.0")], {})) == 1


def test_an_older_message_may_stay_behind_only_where_a_repeat_was_counted() -> None:
    shown = [message(FIRES, ts="1.0"), message(ENDED, ts="2.0")]

    assert checker.truth({GROUP: frozenset()}, shown, {"amber": 1}) == []
    assert len(checker.truth({GROUP: frozenset()}, shown, {"birch": 1})) == 1


def test_a_second_message_is_found_unless_it_was_in_flight_and_counted() -> None:
    shown = [message(ts="1.0"), message(ts="2.0")]

    assert checker.seconds([GROUP], shown, {"amber": 1}, {"amber": 1}) == []
    assert len(checker.seconds([GROUP], shown, {"amber": 1}, {})) == 1
    assert len(checker.seconds([GROUP], shown, {}, {"amber": 1})) == 1
    assert checker.seconds([GROUP], shown[:1], {}, {}) == []


def test_a_call_is_in_flight_when_its_worker_was_killed_or_never_had_a_clear_answer() -> None:
    at = [call(10.0), replace(CALL, answered_s=None), call(20.0, fault="commit_then_500"), call(30.0, threaded=True)]

    assert checker.in_flight(at, [10.3, 30.0], 2.0) == {"amber": 3}
    assert checker.in_flight([call(10.0)], [12.0], 2.0) == {}
    assert checker.in_flight([replace(CALL, answered_s=13.0)], [], 2.0) == {"amber": 1}


def test_whoever_may_read_looks_for_what_is_in_doubt_unless_slack_does_not_show_it_yet() -> None:
    calls = [call(10.0, fault="drop"), call(20.0, fault="drop")]

    assert checker.in_flight(checker.unclear(calls, "birch", []), [], 2.0) == {"amber": 2}
    assert checker.in_flight(checker.unclear(calls, "amber", []), [], 2.0) == {}
    assert checker.in_flight(checker.unclear(calls, "amber", [(19.0, 21.0)]), [], 2.0) == {"amber": 1}


def test_two_posts_within_a_second_in_one_channel_are_found() -> None:
    assert checker.pace([call(1.0), call(2.1), call(1.5, channel="C2"), call(1.2, method="chat.update")]) == []
    assert len(checker.pace([call(1.0), call(1.9)])) == 1
    assert len(checker.pace([call(1.0), call(1.2, accepted=False, status=429)])) == 1, "also when Slack refuses it"


def test_an_edit_that_is_made_again_at_once_after_it_failed_is_found() -> None:
    failed = call(1.0, method="chat.update", edited="1.0", fault="commit_then_500", status=500)
    again, other = replace(failed, arrived_s=1.9), replace(failed, arrived_s=1.1, edited="2.0")

    assert len(checker.patience([again, failed])) == 1
    assert checker.patience([failed, other, call(1.2), replace(failed, arrived_s=2.0)]) == []
    assert checker.patience([replace(failed, fault=None), again]) == [], "one that went well may be made again"
    assert checker.patience([failed, again], [(0.5, 1.5)]) == []


def test_what_redis_has_lost_explains_what_was_posted_meanwhile_and_nothing_else() -> None:
    calls = [call(1.0), call(2.0), call(2.5), call(3.5, threaded=True)]

    assert checker.forgotten(calls, [(1.5, 2.2), (3.0, 4.0)]) == {"amber": 1}
    assert checker.pace([call(2.0), call(2.5)], [(1.5, 2.2)]) == []
    assert len(checker.pace([call(2.0), call(2.5)], [(1.5, 1.8)])) == 1


def test_a_message_of_a_suspended_tenant_is_found() -> None:
    assert checker.silence([call(1.0), call(9.0), call(5.0, tenant="birch")], "amber", 2.0, 8.0) == []
    assert len(checker.silence([call(5.0)], "amber", 2.0, 8.0)) == 1


def test_another_tenants_alert_or_channel_is_found() -> None:
    own = {"amber": frozenset({"C1"})}

    assert checker.strangers([message()], [CALL], own) == []
    assert len(checker.strangers([message(tenant="birch")], [], own)) == 1
    assert len(checker.strangers([], [replace(CALL, channel="C9")], own)) == 1


RECORD = Record("amber", 0, 7, (Change(GROUP, "i-1", fires=True, at_us=100),))


def test_a_committed_record_is_in_redis_or_held_or_dead_lettered() -> None:
    nowhere = frozenset[tuple[int, int]]()

    assert checker.handled([RECORD], Offsets({0: 8}, nowhere), {(GROUP, "i-1"): Seen(100, 0)}) == []
    assert checker.handled([RECORD], Offsets({0: 8}, frozenset({(0, 7)})), {}) == []
    assert checker.handled([RECORD], Offsets({0: 7}, nowhere), {}) == [], "it will be read again"


@pytest.mark.parametrize("seen", [{}, {(GROUP, "i-1"): Seen(0, 100)}, {(GROUP, "i-2"): Seen(100, 100)}])
def test_a_committed_record_that_is_nowhere_is_found(seen: dict[tuple[GroupName, str], Seen]) -> None:
    assert len(checker.handled([RECORD], Offsets({0: 8}, frozenset({(1, 7)})), seen)) == 1


def test_a_recovery_that_takes_too_long_or_for_ever_is_found() -> None:
    assert checker.in_time(Recovery("Redis killed", 5, 4.9)) == []
    assert len(checker.in_time(Recovery("Redis killed", 5, 5.1))) == 1
    assert len(checker.in_time(Recovery("Redis killed", 5, None))) == 1


STORM = Folded("amber", frozenset({"s-1", "s-2", "s-3"}), frozenset({"s-4", "s-5"}))
DIGEST = "FIRING, critical: 4 problems in one message. 2 firing and 2 resolved. amber-storm: 2 firing, 2 resolved."
ALONE = "FIRING: amber-storm. channel=storms, instance=s-1. Since noon."


def test_a_digest_counts_what_fires_and_what_has_ended() -> None:
    assert message(DIGEST).counts == (2, 2)
    assert message("RESOLVED: 1,204 problems in one message. 1,204 resolved. amber-storm.").counts == (0, 1204)
    assert message(ALONE).counts is None


def test_a_storm_is_counted_or_has_messages_of_its_own() -> None:
    assert checker.folded(STORM, [message(DIGEST), message(ALONE)], 0) == []


@pytest.mark.parametrize(
    "shown",
    [
        [],
        [DIGEST],
        [DIGEST, ALONE, ALONE],
        [DIGEST, ALONE.replace("s-1", "s-4")],
        [DIGEST.replace("2 firing", "3 firing"), ALONE],
        [DIGEST.replace("2 resolved", "1 resolved"), ALONE],
        [DIGEST, DIGEST, ALONE],
    ],
)
def test_a_storm_that_is_counted_wrongly_is_found(shown: list[str]) -> None:
    assert len(checker.folded(STORM, [message(text) for text in shown], 0)) == 1


def test_a_message_that_the_product_has_counted_as_a_repeat_may_stay() -> None:
    older = message(DIGEST.replace("2 firing and 2", "3 firing and 1"))

    assert checker.folded(STORM, [older, message(DIGEST), message(ALONE)], 1) == []
    assert checker.folded(STORM, [older, message(DIGEST), message(ALONE), message(ALONE)], 1) != []


def test_a_command_that_a_login_has_no_right_to_is_found(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text('{"event": "serving"}\nTraceback\n', encoding="utf-8")
    assert checker.allowed({"worker-1": log}) == []

    log.write_text('{"command": "ZREVRANGE", "event": "redis_forbids"}\n' * 2, encoding="utf-8")
    assert checker.allowed({"worker-1": log}) == ["worker-1: its login of Redis may not do ZREVRANGE"]
