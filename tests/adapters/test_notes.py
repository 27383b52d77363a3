"""Keys that sign checkpoints: made, read from a setting or a file, and never shown."""

import base64
from pathlib import Path

import pytest

from router.adapters.crypto.notes import NoteKey, is_signature, load_note_key, private_text
from router.control.audit.note import verifier_key
from router.errors import ConfigurationError

GO_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
"""Of the documentation of golang.org/x/mod/sumdb/note."""


def test_a_key_as_go_writes_it_is_read() -> None:
    key = load_note_key(GO_PRIVATE, None)

    assert key is not None
    assert str(verifier_key(key)) == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_a_fresh_key_is_read_from_its_file_and_signs(tmp_path: Path) -> None:
    made, seed = NoteKey.fresh("log")
    file = tmp_path / "key"
    file.write_text(private_text("log", verifier_key(made).id, seed) + "\n", encoding="utf-8")
    key = load_note_key(None, file)

    assert key is not None
    assert is_signature(made.public, b"text", key.sign(b"text"))
    assert not is_signature(made.public, b"texts", key.sign(b"text"))
    assert not is_signature(b"short", b"text", key.sign(b"text"))


def test_no_key_need_be_set() -> None:
    assert load_note_key(None, None) is None


@pytest.mark.parametrize("text", ["", "log", GO_PRIVATE[:-8], GO_PRIVATE.replace("+AYE", "+BYE"), GO_PRIVATE + "!"])
def test_what_is_not_a_key_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ConfigurationError, match="not a key that signs") as caught:
        load_note_key(text, None)

    assert base64.b64encode(bytes(32)).decode() not in str(caught.value)
    assert "AYEK" not in str(caught.value)


def test_two_places_for_a_key_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="both set"):
        load_note_key(GO_PRIVATE, tmp_path / "key")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        load_note_key(None, tmp_path / "key")
    (tmp_path / "key").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="not text"):
        load_note_key(None, tmp_path / "key")
