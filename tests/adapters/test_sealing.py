"""A sealed secret opens for its tenant, its name and its key, and tells nothing to anybody else."""

import base64
import traceback
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from router.adapters.crypto.ring import fresh_key
from router.adapters.crypto.sealing import KEY, Sealer, load_sealer
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.errors import ConfigurationError, SecretNotFoundError
from router.ports.secrets import REMOVED, UNVERSIONED, Manifest, Opened
from tests.adapters.builders import ACME, BETA

SLACK = SecretName("slack")
VALUE = "xoxb-1-Secret"
OLD, NEW = b"o" * 32, b"n" * 32
KEY_FILE = f"{KEY}_FILE"


def text_of(key: bytes) -> str:
    return base64.b64encode(key).decode()


@given(st.text())
def test_what_was_sealed_opens_as_it_was(value: str) -> None:
    sealer = Sealer([NEW])

    assert sealer.unseal(ACME, SLACK, sealer.seal(ACME, SLACK, 7, value)) == Opened(value, 7)


def test_a_sealed_text_is_aes_256_gcm_bound_to_tenant_name_and_version() -> None:
    form, key_id, version, body = Sealer([NEW]).seal(ACME, SLACK, 7, VALUE).split(":")
    sealed = base64.b64decode(body)

    assert (form, key_id, version) == ("v2", Sealer([NEW]).newest, "7")
    assert AESGCM(NEW).decrypt(sealed[:12], sealed[12:], b"acme|slack|7|v2") == VALUE.encode()


def test_what_an_earlier_release_has_sealed_opens_and_has_no_version() -> None:
    nonce = b"n" * 12
    body = base64.b64encode(nonce + AESGCM(NEW).encrypt(nonce, VALUE.encode(), b"acme|slack|v1")).decode()
    sealer = Sealer([NEW])
    text = f"v1:{sealer.newest}:{body}"

    assert sealer.unseal(ACME, SLACK, text) == Opened(VALUE, UNVERSIONED)
    assert not sealer.is_newest(text)
    with pytest.raises(SecretNotFoundError, match="was changed"):
        sealer.unseal(ACME, SLACK, f"v2:{sealer.newest}:0:{body}")


@pytest.mark.parametrize("version", ["8", "07", "", "-7", "7 ", "\u0667", "9" * 30])
def test_a_text_does_not_open_as_another_version(version: str) -> None:
    sealer = Sealer([NEW])
    form, key, _, body = sealer.seal(ACME, SLACK, 7, VALUE).split(":")
    if version == "07":
        assert sealer.unseal(ACME, SLACK, ":".join((form, key, version, body))).version == 7
        return

    with pytest.raises(SecretNotFoundError):
        sealer.unseal(ACME, SLACK, ":".join((form, key, version, body)))


def test_a_manifest_opens_for_its_tenant_and_is_no_secret() -> None:
    sealer, manifest = Sealer([NEW]), Manifest(9, {SLACK: 9, SecretName("gone"): REMOVED})
    text = sealer.seal_manifest(ACME, manifest)

    assert sealer.unseal_manifest(ACME, text) == manifest
    assert sealer.unseal_manifest(ACME, "") == Manifest()
    assert sealer.is_newest(text)
    for tenant, spoilt in ((BETA, text), (ACME, text + "x"), (ACME, "m1"), (ACME, "v2" + text[2:])):
        with pytest.raises(SecretNotFoundError, match="list of the secrets of tenant"):
            sealer.unseal_manifest(tenant, spoilt)
    with pytest.raises(SecretNotFoundError):
        sealer.unseal(ACME, SLACK, text)


def test_no_two_sealings_are_alike_and_none_shows_the_value() -> None:
    texts = [Sealer([NEW]).seal(ACME, SLACK, 7, VALUE) for _ in range(50)]

    assert len(set(texts)) == 50
    assert len({base64.b64decode(text.split(":")[3])[:12] for text in texts}) == 50
    assert not any(VALUE.encode() in base64.b64decode(text.split(":")[3]) for text in texts)


@pytest.mark.parametrize(
    ("tenant", "name"), [(BETA, SLACK), (ACME, SecretName("other")), (TenantId("slack"), SecretName("acme"))]
)
def test_a_text_copied_to_another_tenant_or_name_does_not_open(tenant: TenantId, name: SecretName) -> None:
    text = Sealer([NEW]).seal(ACME, SLACK, 7, VALUE)

    with pytest.raises(SecretNotFoundError, match="sealed for another tenant or name") as caught:
        Sealer([NEW]).unseal(tenant, name, text)

    assert repr(str(tenant)) in str(caught.value)


def test_a_text_changed_anywhere_does_not_open() -> None:
    sealer = Sealer([NEW])
    head, _, body = sealer.seal(ACME, SLACK, 7, VALUE).rpartition(":")
    sealed = bytearray(base64.b64decode(body))
    for place in range(len(sealed)):
        changed = bytes([*sealed[:place], sealed[place] ^ 1, *sealed[place + 1 :]])
        with pytest.raises(SecretNotFoundError, match="was changed"):
            sealer.unseal(ACME, SLACK, f"{head}:{base64.b64encode(changed).decode()}")


@pytest.mark.parametrize("body", ["", "AAAA", "not base64!", "é", text_of(b"0" * 12), text_of(b"0" * 27)])
def test_what_is_no_sealed_text_does_not_open(body: str) -> None:
    sealer = Sealer([NEW])

    with pytest.raises(SecretNotFoundError, match="was changed"):
        sealer.unseal(ACME, SLACK, f"v1:{sealer.newest}:{body}")


@pytest.mark.parametrize("text", ["", "xoxb-plain", "v2:00000000:AAAA", "v1"])
def test_a_text_of_another_form_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(SecretNotFoundError, match="alert-router secret set acme slack") as caught:
        Sealer([NEW]).unseal(ACME, SLACK, text)

    assert "xoxb-plain" not in str(caught.value)


def test_the_first_key_seals_and_every_key_opens() -> None:
    before, between, after = Sealer([OLD]), Sealer([NEW, OLD]), Sealer([NEW])
    old, new = before.seal(ACME, SLACK, 7, VALUE), between.seal(ACME, SLACK, 7, VALUE)

    assert between.unseal(ACME, SLACK, old) == between.unseal(ACME, SLACK, new) == Opened(VALUE, 7)
    assert after.unseal(ACME, SLACK, new).value == VALUE
    assert (between.is_newest(old), between.is_newest(new)) == (False, True)


def test_a_text_of_a_key_that_is_gone_names_that_key_and_those_there_are() -> None:
    old = Sealer([OLD]).seal(ACME, SLACK, 7, VALUE)

    with pytest.raises(SecretNotFoundError) as caught:
        Sealer([NEW]).unseal(ACME, SLACK, old)

    assert Sealer([OLD]).newest in str(caught.value)
    assert Sealer([NEW]).newest in str(caught.value)
    assert "add that key or set it again" in str(caught.value)


def test_a_fresh_key_is_a_key_and_never_the_same() -> None:
    keys = {fresh_key() for _ in range(20)}

    assert len(keys) == 20
    assert all(load_sealer(key, None) is not None for key in keys)


@pytest.mark.parametrize("text", ["{new}", "{new},{old}", " {new} , {old} ", "{new}\n{old}\n", "{new},,{old},"])
def test_keys_are_read_from_the_setting_and_from_a_file_alike(tmp_path: Path, text: str) -> None:
    written = text.format(new=text_of(NEW), old=text_of(OLD))
    (tmp_path / "key").write_text(written, encoding="utf-8")

    found = [load_sealer(written, None), load_sealer(None, tmp_path / "key")]

    assert [one and one.newest for one in found] == [Sealer([NEW]).newest] * 2


def test_keys_in_the_alphabet_for_urls_are_read_as_well() -> None:
    key = b"\xfb\xff" * 16

    sealer = load_sealer(base64.urlsafe_b64encode(key).decode(), None)

    assert sealer is not None
    assert sealer.newest == Sealer([key]).newest


def test_without_a_key_there_is_no_sealer() -> None:
    assert load_sealer(None, None) is None


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        (text_of(b"k" * 16), "key 1 has 16 bytes, not 32"),
        (f"{text_of(NEW)},{text_of(b'k' * 33)}", "key 2 has 33 bytes, not 32"),
        ("c2VjcmV0LWtleQ", "key 1 is not base64"),
        ("pass-word!", "key 1 is not base64"),
        ("é" * 44, "key 1 is not base64"),
        (",", "holds no key"),
    ],
)
def test_what_is_no_key_is_refused_with_its_place_and_never_repeated(key: str, printed: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_sealer(key, None)

    assert f"{KEY}: {printed}" in str(caught.value)
    assert "alert-router secret key" in str(caught.value)
    assert not any(part in str(caught.value) for part in key.replace(",", " ").split())


def test_a_file_that_holds_no_key_or_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "short").write_text("c2hvcnQ=", encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\x00\xfe")
    for name, printed in (("short", "5 bytes"), ("binary", "not base64"), ("missing", "No such file or directory")):
        with pytest.raises(ConfigurationError) as caught:
            load_sealer(None, tmp_path / name)
        assert f"{KEY_FILE}: {tmp_path / name}" in str(caught.value)
        assert printed in str(caught.value)


def test_a_key_and_a_file_of_keys_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="both set; keep one"):
        load_sealer(text_of(NEW), tmp_path / "key")


def test_no_error_and_no_repr_shows_a_key_or_a_value() -> None:
    sealer = Sealer([NEW])
    text = sealer.seal(ACME, SLACK, 7, VALUE)
    shown = [repr(sealer), str(sealer.__dict__)]
    for tenant, spoilt in ((BETA, text), (ACME, text + "x"), (ACME, "v1:00000000:AAAA")):
        try:
            sealer.unseal(tenant, SLACK, spoilt)
        except SecretNotFoundError:
            shown.append(traceback.format_exc())

    assert len(shown) == 5
    secret = (VALUE, NEW.decode(), text_of(NEW), repr(NEW))
    assert [part for part in secret if part in "\n".join(shown)] == []
