"""What the record and Redis learn of each other about people whose data was erased."""

from router.control.record.subjects import is_one, to_record, to_redis
from router.core.model.instant import HOUR, Instant
from router.ports.subject_copies import KEY, Part

NOON = Instant(1_795_694_400_000_000)
LATER = Instant(NOON + HOUR)
LIST = {KEY: Part("key", LATER), "eve": Part("digest of eve", LATER)}
BOB = {"bob": Part("digest of bob", Instant(NOON + 2 * HOUR))}
OTHER = {KEY: Part("another key", LATER), "mia": Part("digest of mia", LATER)}


def test_what_redis_has_is_recorded_and_what_it_has_lost_comes_back() -> None:
    assert to_record({}, LIST, NOON) == LIST
    assert to_redis(LIST, {}, NOON) == LIST
    assert to_redis({**LIST, **BOB}, LIST, NOON) == BOB
    assert (to_redis(LIST, LIST, NOON), to_record(LIST, LIST, NOON)) == ({}, LIST)


def test_redis_leads_where_both_have_somebody() -> None:
    later = {**LIST, "eve": Part("digest of eve, certified", LATER)}

    assert (to_record(LIST, later, NOON), to_redis(LIST, later, NOON)) == (later, {})


def test_nobody_is_kept_or_comes_back_whose_time_has_passed() -> None:
    assert to_redis({**LIST, **BOB}, {}, LATER) == BOB
    assert to_record({**LIST, **BOB}, {}, LATER) == BOB
    assert to_record(LIST, {}, Instant(LATER + 1)) == {}


def test_another_list_is_not_mixed_with_this_one() -> None:
    assert not is_one(LIST, OTHER)
    assert (to_redis(LIST, OTHER, NOON), to_record(LIST, OTHER, NOON)) == ({}, OTHER)
