"""Redis leads, but for what it has lost; what was destroyed on either side stays destroyed."""

from hypothesis import given
from hypothesis import strategies as st

from router.control.record.keys import to_record, to_redis
from router.core.seal.envelope import KeyId, KeyPurpose

ONE, OTHER = KeyId(KeyPurpose.PAYLOAD, 1), KeyId(KeyPurpose.STATE, 2)
SIDES = st.dictionaries(st.sampled_from([ONE, OTHER, KeyId(KeyPurpose.STATE, 3)]), st.sampled_from(["", "a", "b"]))


def test_what_is_new_or_wrapped_again_or_destroyed_is_recorded() -> None:
    assert to_record({}, {ONE: "a"}) == {ONE: "a"}
    assert to_record({ONE: "a"}, {ONE: "b"}) == {ONE: "b"}
    assert to_record({ONE: "a"}, {ONE: ""}) == {ONE: ""}
    assert to_record({ONE: "a"}, {ONE: "a"}) == {}


def test_what_redis_has_lost_or_has_again_although_it_was_destroyed_is_put_right() -> None:
    assert to_redis({ONE: "a"}, {}) == {ONE: "a"}
    assert to_redis({ONE: ""}, {ONE: "a"}) == {ONE: ""}
    assert to_redis({ONE: "a"}, {ONE: "b"}) == to_redis({ONE: ""}, {ONE: ""}) == {}
    assert to_record({ONE: ""}, {ONE: "a"}) == {}


@given(SIDES, SIDES)
def test_after_one_look_both_sides_are_the_same_and_nothing_destroyed_is_back(
    recorded: dict[KeyId, str], live: dict[KeyId, str]
) -> None:
    here, there = {**recorded, **to_record(recorded, live)}, {**live, **to_redis(recorded, live)}

    assert here == there
    assert here.keys() == recorded.keys() | live.keys()
    assert all(not here[key] for side in (recorded, live) for key, text in side.items() if not text)
