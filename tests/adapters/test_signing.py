"""A signature is good for its parts, in their places, for its purpose and by keys of the ring; for nothing else."""

import base64
import hmac
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from router.adapters.crypto.signing import KEY, SigningRing, load_signing_ring
from router.errors import ConfigurationError
from router.ports.signing import Purpose, Verdict
from tests.adapters.test_sealing import NEW, OLD, text_of

PARTS = st.lists(st.binary(max_size=20), max_size=4)


@given(PARTS)
def test_a_signature_is_good_for_its_parts(parts: list[bytes]) -> None:
    ring = SigningRing([NEW])

    assert ring.verify(ring.sign(Purpose.RECORD, *parts), Purpose.RECORD, *parts) is Verdict.GOOD


@given(PARTS, PARTS)
def test_a_signature_is_good_for_no_other_parts_even_if_they_read_alike_when_joined(
    parts: list[bytes], others: list[bytes]
) -> None:
    ring = SigningRing([NEW])
    signature = ring.sign(Purpose.RECORD, *parts)

    assert (ring.verify(signature, Purpose.RECORD, *others) is Verdict.GOOD) == (parts == others)
    if b"".join(parts):
        assert ring.verify(signature, Purpose.RECORD, b"".join(parts), b"") is Verdict.WRONG


def test_a_signature_is_good_for_one_purpose() -> None:
    ring = SigningRing([NEW])
    for purpose in Purpose:
        signature = ring.sign(purpose, b"acme")
        assert [other for other in Purpose if ring.verify(signature, other, b"acme") is Verdict.GOOD] == [purpose]


def test_a_signature_is_hmac_sha_256_by_a_subkey_of_its_purpose() -> None:
    version, key, mac = SigningRing([NEW]).sign(Purpose.RECORD, b"acme", b"").split(":")
    subkey = HKDF(SHA256(), 32, salt=None, info=b"alert-router/record").derive(NEW)
    message = b"\0\0\0\0\0\0\0\4acme" + b"\0\0\0\0\0\0\0\0"

    assert (version, key) == ("v1", SigningRing([NEW]).newest)
    assert base64.b64decode(mac) == hmac.digest(subkey, message, "sha256")


def test_the_first_key_signs_and_every_key_verifies() -> None:
    before, between, after = SigningRing([OLD]), SigningRing([NEW, OLD]), SigningRing([NEW])
    old, new = before.sign(Purpose.RECORD, b"x"), between.sign(Purpose.RECORD, b"x")

    assert between.verify(old, Purpose.RECORD, b"x") is Verdict.GOOD
    assert between.verify(new, Purpose.RECORD, b"x") is Verdict.GOOD
    assert after.verify(new, Purpose.RECORD, b"x") is Verdict.GOOD
    assert after.verify(old, Purpose.RECORD, b"x") is Verdict.UNKNOWN_KEY


def test_a_signature_changed_anywhere_is_not_good() -> None:
    ring = SigningRing([NEW])
    head, _, mac = ring.sign(Purpose.RECORD, b"x").rpartition(":")
    made = bytearray(base64.b64decode(mac))
    for place in range(len(made)):
        changed = bytes([*made[:place], made[place] ^ 1, *made[place + 1 :]])
        signature = f"{head}:{base64.b64encode(changed).decode()}"
        assert ring.verify(signature, Purpose.RECORD, b"x") is Verdict.WRONG


@pytest.mark.parametrize(
    "spoilt", ["", "v1", "v1:", "v2:{key}:{mac}", "v1:{key}:", "v1:{key}:{mac}x", "v1:{key}:é", "\0"]
)
def test_what_is_no_signature_is_not_good(spoilt: str) -> None:
    ring = SigningRing([NEW])
    _, key, mac = ring.sign(Purpose.RECORD, b"x").split(":")

    assert ring.verify(spoilt.format(key=key, mac=mac), Purpose.RECORD, b"x") is not Verdict.GOOD


def test_no_repr_shows_a_key() -> None:
    ring = SigningRing([NEW])

    assert not any(secret in f"{ring!r} {ring.__dict__}" for secret in (NEW.decode(), text_of(NEW)))


def test_keys_are_read_from_the_setting_or_its_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{text_of(NEW)},{text_of(OLD)}\n", encoding="utf-8")

    found = [load_signing_ring(text_of(NEW), None), load_signing_ring(None, tmp_path / "key")]

    assert [ring and ring.newest for ring in found] == [SigningRing([NEW]).newest] * 2
    assert load_signing_ring(None, None) is None


def test_what_is_no_key_is_refused_with_the_name_of_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"{KEY}: key 1 has 5 bytes, not 32"):
        load_signing_ring("c2hvcnQ=", None)
    with pytest.raises(ConfigurationError, match=f"{KEY}_FILE: .*: No such file"):
        load_signing_ring(None, tmp_path / "missing")
