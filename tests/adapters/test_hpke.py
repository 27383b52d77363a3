"""What is sealed to a tenant's public key opens with its private one, and only as it was meant."""

from dataclasses import replace
from typing import Final

import pytest

from router.adapters.crypto.hpke import public_keys, recipient, seal_to
from router.core.model.alert import TenantId
from router.core.seal.sent import SENT_OVERHEAD, PublicKeys, Suite, info, read_sent
from tests.adapters.builders import ACME, BETA

SECRET: Final = bytes(range(32))
EPOCH: Final = 1_795_856_400_000_000
KEYS: Final = public_keys(ACME, EPOCH, SECRET)
BODY: Final = b'{"alerts": []}'

suites = pytest.mark.parametrize("suite", Suite)


def opened(data: bytes, tenant: TenantId = ACME, epoch: int = EPOCH, secret: bytes = SECRET) -> bytes:
    sent = read_sent(data)
    return recipient(secret).open(sent, info(tenant, epoch, sent.suite))


@suites
def test_what_is_sealed_opens(suite: Suite) -> None:
    data = seal_to(KEYS, suite, BODY)

    assert opened(data) == BODY
    assert BODY not in data
    assert len(data) <= len(BODY) + SENT_OVERHEAD


@suites
def test_two_seals_of_the_same_are_never_alike(suite: Suite) -> None:
    assert seal_to(KEYS, suite, BODY) != seal_to(KEYS, suite, BODY)


@suites
@pytest.mark.parametrize("moved", [{"tenant": BETA}, {"epoch": EPOCH + 1}, {"secret": bytes(32)}], ids=str)
def test_for_another_tenant_epoch_or_key_it_does_not_open(suite: Suite, moved: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="does not open"):
        opened(seal_to(KEYS, suite, BODY), **moved)  # type: ignore[arg-type]  # one of its arguments


@suites
@pytest.mark.parametrize("at", [18, 49, -17, -1])
def test_with_a_bit_changed_it_does_not_open(suite: Suite, at: int) -> None:
    data = bytearray(seal_to(KEYS, suite, BODY))
    data[at] ^= 1

    with pytest.raises(ValueError, match="does not open"):
        opened(bytes(data))


def test_what_one_suite_sealed_is_not_opened_by_another() -> None:
    classic = seal_to(KEYS, Suite.CLASSIC, BODY)
    sent = replace(read_sent(classic), suite=Suite.HYBRID)

    with pytest.raises(ValueError, match="does not open"):
        recipient(SECRET).open(sent, info(ACME, EPOCH, Suite.HYBRID))


def test_the_suites_share_no_key() -> None:
    hybrid, classic = KEYS.of(Suite.HYBRID) or b"", KEYS.of(Suite.CLASSIC) or b""

    assert (len(hybrid), len(classic)) == (Suite.HYBRID.public, Suite.CLASSIC.public)
    assert not hybrid.endswith(classic)


@pytest.mark.parametrize("keys", [(), ((Suite.HYBRID, b"short"),)])
def test_what_is_no_key_of_the_suite_is_not_sealed_with(keys: tuple[tuple[Suite, bytes], ...]) -> None:
    with pytest.raises(ValueError, match=r"offers no key|has 1216 bytes, not 5"):
        seal_to(PublicKeys(ACME, EPOCH, keys), Suite.HYBRID, BODY)


def test_no_repr_shows_a_key() -> None:
    assert "Private" not in repr(recipient(SECRET))
