"""Notes and checkpoints are C2SP's, as its own examples have them, and open for the right key alone."""

import base64

import pytest

from router.adapters.crypto.notes import is_signature
from router.control.audit.checkpoint import Checkpoint, checkpoint_note, opened_checkpoint
from router.control.audit.note import MAX_NOTE, Unopened, VerifierKey, opened, signed, verifier_key
from router.control.audit.tree import from_head
from tests.bounds import tries
from tests.control.audit.builders import ORIGIN, a_key, a_log, checkpoint_of

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
"""Key and note of the documentation of golang.org/x/mod/sumdb/note."""
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
NOTE = f"{GO_TEXT}\n\u2014 PeterNeumann {GO_SIGNATURE}\n"
EMPTY = checkpoint_of([])


def test_a_note_that_go_has_signed_opens() -> None:
    assert opened(NOTE, [VerifierKey.parse(GO_KEY)], is_signature) == GO_TEXT


def test_a_key_is_written_as_go_writes_it() -> None:
    assert str(VerifierKey.parse(GO_KEY)) == GO_KEY


def test_what_is_signed_opens_and_is_passed_over_by_who_does_not_know_the_key() -> None:
    key = a_key()
    note = signed("text\n", key)
    by_both = signed("text\n", a_key("other")) + note.rpartition("\n\n")[2]

    assert opened(note, [verifier_key(key)], is_signature) == "text\n"
    assert opened(by_both, [verifier_key(key)], is_signature) == "text\n"
    assert opened(note, [VerifierKey.parse(GO_KEY)], is_signature) is Unopened.UNKNOWN_KEY
    assert opened(note, [], is_signature) is Unopened.UNKNOWN_KEY


def test_a_text_of_which_any_byte_was_changed_does_not_open() -> None:
    key = a_key()
    note = signed(str(EMPTY), key)
    changed = [note[:at] + chr(ord(note[at]) ^ 1) + note[at + 1 :] for at in range(len(str(EMPTY)) - 1)]

    assert {opened(one, [verifier_key(key)], is_signature) for one in changed} <= {
        Unopened.SIGNATURE_WRONG,
        Unopened.MALFORMED,
    }


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\nname AAAAAAAA\n",
        "text\n\n\u2014 na+me AAAAAAAA\n",
        "text\n\n\u2014 name AAAA\n",
        "text\n\n\u2014 name !!!!\n",
        "te\txt\n\n\u2014 name AAAAAAAA\n",
        "text\n\n\u2014 name AAAAAAAA",
    ],
)
def test_what_is_not_a_note_is_called_that(note: str) -> None:
    assert opened(note, [verifier_key(a_key())], is_signature) is Unopened.MALFORMED


@tries("note that is read")
def test_a_note_may_be_as_long_as_the_bound(beyond: int) -> None:
    key = a_key()
    room = MAX_NOTE + beyond - len(signed("\n", key))
    note = signed("x" * room + "\n", key)

    assert len(note) == MAX_NOTE + beyond
    assert (opened(note, [verifier_key(key)], is_signature) is Unopened.MALFORMED) == (beyond > 0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "NAME"),
        ("name+00000000", "NAME"),
        ("na me+00000000+AAAA", "NAME"),
        (GO_KEY.replace("+ARpc", "+BRpc"), "NAME"),
        (GO_KEY.replace("c74f20a3", "c74f20a4"), "its id is c74f20a4"),
        (GO_KEY.replace("Peter", "Paul"), "its id is"),
    ],
)
def test_a_key_that_is_not_one_is_refused(text: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        VerifierKey.parse(text)


def test_a_checkpoint_names_log_size_and_root() -> None:
    rows, head = a_log(5)
    key = a_key()
    note = checkpoint_note(from_head(head), key)
    lines = note.split("\n")

    assert lines[:2] == [ORIGIN, "5"]
    assert base64.b64decode(lines[2]) == checkpoint_of(rows).root
    assert opened_checkpoint(note, [verifier_key(key)], is_signature) == checkpoint_of(rows)


def test_a_signed_text_that_is_not_a_checkpoint_is_not_taken_for_one() -> None:
    key = a_key()

    assert opened_checkpoint(signed("text\n", key), [verifier_key(key)], is_signature) is Unopened.MALFORMED
    assert opened_checkpoint("text\n", [verifier_key(key)], is_signature) is Unopened.MALFORMED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "\n0\n" + "A" * 43 + "=\n",
        "a\n01\n" + "A" * 43 + "=\n",
        "a\n-1\n" + "A" * 43 + "=\n",
        "a\n1\n!\n",
        "a\n1\nAAAA\n",
        "a\n" + "9" * 30 + "\n" + "A" * 43 + "=\n",
    ],
)
def test_what_is_not_a_checkpoint_is_not_read(text: str) -> None:
    assert Checkpoint.parse(text) is None
