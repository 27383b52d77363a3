"""A pin stands for one public key, and of what is offered the newest that is pinned is taken."""

import hashlib

import pytest

from router.core.model.alert import TenantId
from router.core.seal.pin import NotPinnedError, pin_of, pinned, read_pins
from router.core.seal.sent import PublicKeys, Suite


def keys(epoch: int) -> PublicKeys:
    made = ((suite, bytes([epoch]) * suite.public) for suite in Suite)
    return PublicKeys(TenantId("acme"), epoch, tuple(made))


def pin(epoch: int, suite: Suite = Suite.HYBRID) -> str:
    return pin_of(keys(epoch).of(suite) or b"")


OFFERED = (keys(3), keys(2), keys(1))


def test_a_pin_is_the_digest_of_the_public_key_as_it_is_offered() -> None:
    assert pin_of(b"key") == f"sha256:{hashlib.sha256(b'key').hexdigest()}"


@pytest.mark.parametrize(("pins", "chosen"), [({3}, 3), ({2}, 2), ({1}, 1), ({1, 2}, 2), ({1, 2, 3}, 3)])
def test_the_newest_that_is_pinned_is_taken(pins: set[int], chosen: int) -> None:
    assert pinned(OFFERED, Suite.HYBRID, frozenset(map(pin, pins))).epoch == chosen


def test_without_one_both_digests_are_named() -> None:
    with pytest.raises(NotPinnedError) as raised:
        pinned(OFFERED, Suite.HYBRID, frozenset({pin(9)}))

    assert f"offers {pin(3)} for mlkem768-x25519" in str(raised.value)
    assert f"pinned is {pin(9)}" in str(raised.value)


def test_the_pin_of_one_suite_is_none_of_another() -> None:
    with pytest.raises(NotPinnedError):
        pinned(OFFERED, Suite.CLASSIC, frozenset({pin(3, Suite.HYBRID)}))


def test_a_suite_that_is_not_offered_is_named_as_such() -> None:
    bare = PublicKeys(TenantId("acme"), 3, ())
    with pytest.raises(NotPinnedError, match="no key at all"):
        pinned([bare], Suite.HYBRID, frozenset({pin(3)}))


def test_the_last_word_of_each_line_of_a_file_is_a_pin() -> None:
    text = f"# of acme\nacme\tmlkem768-x25519\t3\tcurrent\t{pin(3)}\n\n{pin(2)} # before\n"

    assert read_pins(text) == {pin(3), pin(2)}


@pytest.mark.parametrize("line", ["sha256:", pin(1).upper(), pin(1)[:-1], f"{pin(1)}0", "sha1:00"])
def test_a_line_without_a_pin_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_pins(f"{pin(1)}\n{line}\n")


@pytest.mark.parametrize("text", ["", "\n# nothing\n"])
def test_a_file_without_pins_pins_nothing_and_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no pin"):
        read_pins(text)
