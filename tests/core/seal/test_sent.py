"""A body that its sender has sealed says with what, and is bound to whom it is for."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from router.core.model.alert import TenantId
from router.core.seal.envelope import MAGIC, KeyId, KeyPurpose, is_envelope
from router.core.seal.sent import SENT_MAGIC, SENT_OVERHEAD, Suite, info, is_sent, read_sent, write_sent

SUITES = st.sampled_from(Suite)
EPOCHS = st.integers(min_value=0, max_value=2**63)
TENANTS = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True).map(TenantId)


def body_of(suite: Suite, ciphertext: bytes = b"") -> bytes:
    return bytes(suite.encapsulated) + ciphertext + bytes(16)


@given(SUITES, EPOCHS, st.binary(max_size=300))
def test_what_is_written_is_read(suite: Suite, epoch: int, ciphertext: bytes) -> None:
    body = body_of(suite, ciphertext)
    data = write_sent(suite, epoch, body)
    sent = read_sent(data)

    assert (sent.suite, sent.key, sent.body) == (suite, KeyId(KeyPurpose.SENDER, epoch), body)
    assert is_sent(data)
    assert not is_envelope(data)
    assert len(data) - len(ciphertext) <= SENT_OVERHEAD


@pytest.mark.parametrize(
    ("suite", "ids", "overhead"),
    [(Suite.HYBRID, "647a00010002", 1_154), (Suite.CLASSIC, "002000010002", 66)],
)
def test_suites_stand_in_the_form_by_their_registered_ids(suite: Suite, ids: str, overhead: int) -> None:
    data = write_sent(suite, 7, body_of(suite))

    assert data[:18].hex() == f"93617331{ids}0000000000000007"
    assert len(data) == overhead


GOOD = write_sent(Suite.CLASSIC, 1, body_of(Suite.CLASSIC))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SENT_MAGIC,
        b'{"alerts": []}',
        MAGIC + GOOD[len(MAGIC) :],
        b"\x93as2" + GOOD[4:],
        GOOD[:4] + b"\x00\x10" + GOOD[6:],
        GOOD[:-1],
        write_sent(Suite.HYBRID, 1, body_of(Suite.CLASSIC)),
    ],
    ids=["nothing", "magic", "json", "ours", "form", "kem", "cut", "another suite"],
)
def test_what_has_another_form_or_suite_or_was_cut_is_not_read(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a sealed body|was cut"):
        read_sent(data)


def test_the_info_is_a_text_that_any_sender_can_write() -> None:
    found = info(TenantId("acme"), 1_795_856_400_000_000, Suite.HYBRID)

    assert found == b"alert-router-sealed-1/acme/sender/1795856400000000/mlkem768-x25519"


@given(TENANTS, TENANTS, EPOCHS, EPOCHS, SUITES, SUITES)
def test_no_two_have_the_same_info(
    tenant: TenantId, other: TenantId, epoch: int, later: int, suite: Suite, another: Suite
) -> None:
    assume((tenant, epoch, suite) != (other, later, another))

    assert info(tenant, epoch, suite) != info(other, later, another)
