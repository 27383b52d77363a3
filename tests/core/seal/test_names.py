"""What stands in clear of a sealed tenant is named with a key of its own."""

from hypothesis import given
from hypothesis import strategies as st

from router.core.seal.names import Names
from router.ports.kafka import record_key

NAMES, OTHERS = Names(b"a" * 32), Names(b"b" * 32)


@given(st.text(), st.text())
def test_two_groups_of_senders_have_two_keys_and_each_always_the_same(one: str, other: str) -> None:
    first, second = NAMES.of_record(record_key("acme", one)), NAMES.of_record(record_key("acme", other))

    assert (first == second) is (one == other)
    assert first == Names(NAMES.secret).of_record(record_key("acme", one))


@given(st.text())
def test_nobody_finds_the_key_of_a_record_without_that_of_the_tenant(group: str) -> None:
    key = record_key("acme", group)

    assert len({key, NAMES.of_record(key), OTHERS.of_record(key)}) == 3


@given(st.one_of(st.none(), st.binary(), st.text("0123456789abcdef", min_size=16, max_size=16).map(str.encode)))
def test_what_was_named_is_not_named_again(key: bytes | None) -> None:
    named = NAMES.of_record(key)

    assert NAMES.of_record(named) == named


def test_keys_that_others_have_made_stay() -> None:
    assert [NAMES.of_record(one) for one in (None, b"", b"host-7", b"0" * 17)] == [None, b"", b"host-7", b"0" * 17]


def test_no_repr_shows_the_key() -> None:
    assert "aaa" not in repr(NAMES)
