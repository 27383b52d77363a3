"""Public keys as a document: what is written is read, and what is none is refused."""

import json
from dataclasses import replace
from typing import Any

import pytest

from router.core.model.alert import TenantId
from router.core.seal.offered import read_offer, read_offers, write_offer
from router.core.seal.sent import PublicKeys, Suite

KEYS = PublicKeys(
    TenantId("acme"), 7, ((Suite.HYBRID, bytes(Suite.HYBRID.public)), (Suite.CLASSIC, bytes(Suite.CLASSIC.public)))
)
DOCUMENT: dict[str, Any] = json.loads(write_offer(KEYS))


def test_what_is_written_is_read() -> None:
    assert read_offer(write_offer(KEYS)) == KEYS


def test_keys_before_these_stand_beside_them_and_change_nothing_for_who_does_not_read_them() -> None:
    before = replace(KEYS, epoch=6)
    document = write_offer(KEYS, [before])

    assert read_offers(document) == (KEYS, before)
    assert read_offer(document) == KEYS
    assert "earlier" not in DOCUMENT


def test_ids_of_suites_stand_beside_their_keys() -> None:
    assert [(one["suite"], one["kem"], one["kdf"], one["aead"]) for one in DOCUMENT["keys"]] == [
        ("mlkem768-x25519", 0x647A, 1, 2),
        ("x25519", 0x20, 1, 2),
    ]
    assert (DOCUMENT["tenant"], DOCUMENT["epoch"]) == ("acme", 7)
    assert DOCUMENT["media_type"] == "application/alert-router-sealed"


def test_suites_of_a_later_release_are_passed_over() -> None:
    later = {**DOCUMENT, "keys": [{"suite": "mlkem1024", "public_key": "AA=="}, *DOCUMENT["keys"]]}

    assert read_offer(json.dumps(later).encode()) == KEYS


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        None,
        {**DOCUMENT, "keys": []},
        {**DOCUMENT, "keys": [{"suite": "mlkem1024", "public_key": "AA=="}]},
        {**DOCUMENT, "keys": [{"suite": "x25519", "public_key": "AA=="}]},
        {**DOCUMENT, "keys": [{"suite": "x25519", "public_key": "not base64"}]},
        {**DOCUMENT, "keys": [{"suite": ["x25519"]}]},
        {**DOCUMENT, "epoch": "soon"},
        {**DOCUMENT, "earlier": 6},
        {**DOCUMENT, "earlier": [{"epoch": 6, "keys": []}]},
    ],
)
def test_what_is_no_such_document_is_refused(document: object) -> None:
    with pytest.raises(ValueError, match="not a document of a tenant's public keys"):
        read_offer(json.dumps(document).encode())
