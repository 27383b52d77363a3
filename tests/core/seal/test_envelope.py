"""An envelope opens where it was sealed for, and nowhere else."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from router.adapters.crypto.envelope import GcmCipher
from router.core.model.alert import TenantId
from router.core.seal.envelope import (
    MAGIC,
    OVERHEAD,
    KeyId,
    KeyPurpose,
    as_text,
    bound_before_place,
    bound_place,
    header_of,
    is_envelope,
    is_sealed_text,
    of_text,
    read_envelope,
)

CIPHER: Final = GcmCipher(b"k" * 32)
TENANTS = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True).map(TenantId)
KEYS = st.builds(
    KeyId, st.sampled_from([KeyPurpose.PAYLOAD, KeyPurpose.STATE]), st.integers(min_value=0, max_value=2**63)
)
PLACES = st.text(max_size=40)


def sealed(tenant: TenantId, key: KeyId, place: str, data: bytes) -> bytes:
    return header_of(key) + CIPHER.seal(data, bound_to(tenant, key, place))


def bound_to(tenant: TenantId, key: KeyId, place: str) -> bytes:
    return bound_before_place(tenant, key) + bound_place(place)


def opened(tenant: TenantId, purpose: KeyPurpose, place: str, envelope: bytes) -> bytes:
    """What a tenant with this very key gets there."""
    found = read_envelope(envelope)
    return CIPHER.open(found.body, bound_to(tenant, replace(found.key, purpose=purpose), place))


@given(TENANTS, KEYS, PLACES, st.binary(max_size=300))
def test_what_is_sealed_opens_where_it_belongs_and_is_as_much_longer_as_is_stated(
    tenant: TenantId, key: KeyId, place: str, data: bytes
) -> None:
    envelope = sealed(tenant, key, place, data)

    assert opened(tenant, key.purpose, place, envelope) == data
    assert (read_envelope(envelope).key, len(envelope)) == (key, len(data) + OVERHEAD)
    assert of_text(as_text(envelope)) == envelope
    assert is_envelope(envelope)
    assert is_sealed_text(as_text(envelope))


@given(TENANTS, TENANTS, KEYS, KEYS, PLACES, PLACES, st.binary(max_size=50))
def test_what_is_moved_to_another_tenant_purpose_epoch_or_place_does_not_open(
    tenant: TenantId, other: TenantId, key: KeyId, elsewhere: KeyId, place: str, there: str, data: bytes
) -> None:
    assume((tenant, key, place) != (other, elsewhere, there))
    body = read_envelope(sealed(tenant, key, place, data)).body

    with pytest.raises(ValueError, match="does not open"):
        CIPHER.open(body, bound_to(other, elsewhere, there))


@given(TENANTS, KEYS, PLACES, st.binary(min_size=1, max_size=50), st.data())
def test_with_any_bit_changed_it_does_not_open(
    tenant: TenantId, key: KeyId, place: str, data: bytes, drawn: st.DataObject
) -> None:
    envelope = bytearray(sealed(tenant, key, place, data))
    at = drawn.draw(st.integers(min_value=0, max_value=len(envelope) - 1))
    envelope[at] ^= 1 << drawn.draw(st.integers(min_value=0, max_value=7))

    with pytest.raises(ValueError, match=r"does not open|not an envelope|another purpose"):
        opened_by_purpose(tenant, key.purpose, place, bytes(envelope))


def opened_by_purpose(tenant: TenantId, purpose: KeyPurpose, place: str, envelope: bytes) -> bytes:
    """As a ring does it, which looks at the purpose first."""
    if read_envelope(envelope).key.purpose is not purpose:
        raise ValueError("another purpose")
    return opened(tenant, purpose, place, envelope)


def test_another_form_is_not_read() -> None:
    envelope = sealed(TenantId("acme"), KeyId(KeyPurpose.STATE, 1), "g", b"x")

    with pytest.raises(ValueError, match="not an envelope"):
        read_envelope(b"\x93ar2" + envelope.removeprefix(MAGIC))


@pytest.mark.parametrize("data", [b"", MAGIC, MAGIC + b"p" * 10, b'{"alerts": []}', b"[]"])
def test_what_is_no_envelope_is_not_read_as_one(data: bytes) -> None:
    with pytest.raises(ValueError, match="not an envelope"):
        read_envelope(data)


def test_two_seals_of_the_same_are_never_alike() -> None:
    tenant, key = TenantId("acme"), KeyId(KeyPurpose.PAYLOAD, 7)

    assert len({sealed(tenant, key, "alerts.inbound", b"body") for _ in range(100)}) == 100
