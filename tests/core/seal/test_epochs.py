"""Which key seals, and which come next."""

from hypothesis import given
from hypothesis import strategies as st

from router.core.model.instant import Instant, Span
from router.core.seal.envelope import KeyId, KeyPurpose
from router.core.seal.epochs import alive, current, lacking, next_keys, renewed, retired_at, worn

PAYLOAD, STATE, SENDER, NAME = KeyPurpose


def test_the_newest_key_of_a_purpose_seals() -> None:
    wrapped = {KeyId(PAYLOAD, 1): "a", KeyId(PAYLOAD, 9): "b", KeyId(STATE, 5): "c"}

    assert current(wrapped) == {PAYLOAD: KeyId(PAYLOAD, 9), STATE: KeyId(STATE, 5)}


def test_where_the_newest_was_destroyed_no_older_one_seals_again() -> None:
    assert current({KeyId(PAYLOAD, 1): "a", KeyId(PAYLOAD, 9): ""}) == {}


def test_a_purpose_whose_keys_were_destroyed_lacks_none() -> None:
    assert lacking({}) == [PAYLOAD, STATE, SENDER, NAME]
    assert lacking({KeyId(PAYLOAD, 1): ""}) == [STATE, SENDER]


def test_what_was_destroyed_is_not_alive() -> None:
    assert alive({KeyId(PAYLOAD, 1): "", KeyId(PAYLOAD, 9): "b", KeyId(STATE, 5): "c"}) == 2


def test_a_key_is_worn_once_it_has_sealed_for_its_life() -> None:
    wrapped = {KeyId(PAYLOAD, 100): "a", KeyId(STATE, 160): "b"}

    assert worn(wrapped, Instant(200), Span(100)) == [PAYLOAD]
    assert worn(wrapped, Instant(199), Span(100)) == []


def test_what_makes_names_comes_with_the_first_keys_or_when_somebody_rotates_them_and_stays() -> None:
    early = {KeyId(PAYLOAD, 1): "a"}
    named = {**early, KeyId(NAME, 1): "b"}

    assert lacking(early) == [STATE, SENDER]
    assert renewed(early) == [PAYLOAD, STATE, SENDER, NAME]
    assert renewed(named) == [PAYLOAD, STATE, SENDER]
    assert renewed({**named, KeyId(NAME, 1): ""}) == [PAYLOAD, STATE, SENDER, NAME]
    assert worn(named, Instant(200), Span(100)) == [PAYLOAD]


def test_what_makes_names_keeps_no_epoch_from_being_retired() -> None:
    keys = {KeyId(PAYLOAD, 1): "a", KeyId(NAME, 1): "b", KeyId(PAYLOAD, 5): "c"}

    assert retired_at(keys, 1) == 5


@given(st.dictionaries(st.builds(KeyId, st.sampled_from(KeyPurpose), st.integers(0, 2**40)), st.just("x")))
def test_the_next_keys_are_newer_than_all_that_there_ever_were(wrapped: dict[KeyId, str]) -> None:
    made = next_keys(wrapped, KeyPurpose, Instant(7))

    assert [one.purpose for one in made] == list(KeyPurpose)
    assert all(one.epoch > old.epoch for one in made for old in wrapped)


def test_an_epoch_has_retired_when_the_next_keys_of_all_its_purposes_were_made() -> None:
    payload, state = KeyPurpose.PAYLOAD, KeyPurpose.STATE
    keys = {KeyId(payload, 1): "a", KeyId(state, 1): "b", KeyId(payload, 5): "c"}

    assert retired_at(keys, 1) is None
    assert retired_at({**keys, KeyId(state, 7): "d", KeyId(state, 9): "e"}, 1) == 7
    assert retired_at({**keys, KeyId(state, 7): ""}, 5) is None
    assert retired_at({}, 1) is None
