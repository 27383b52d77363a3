"""What a token claims becomes texts, or nothing."""

from ipaddress import ip_address

import pytest

from router.control.access.principal import address_of, claims_of, texts_of


@pytest.mark.parametrize(
    ("claim", "texts"),
    [
        ("ops", {"ops"}),
        (["ops", "db"], {"ops", "db"}),
        ("", set()),
        (["ops", ""], {"ops"}),
        (True, set()),
        (1, set()),
        (None, set()),
        ({"ops": "ops"}, set()),
        (["ops", 1], set()),
        (["ops", ["operators"]], set()),
        ([None, "ops"], set()),
    ],
)
def test_a_claim_is_a_text_or_a_list_of_texts_alone(claim: object, texts: set[str]) -> None:
    assert texts_of(claim) == texts


def test_claims_that_hold_no_text_are_left_out() -> None:
    assert claims_of({"ref": "main", "sub": 1, "groups": [], "aud": ["a"]}) == {"ref": {"main"}, "aud": {"a"}}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.1", ip_address("10.0.0.1")),
        ("::ffff:10.0.0.1", ip_address("10.0.0.1")),
        ("fd00::1", ip_address("fd00::1")),
        ("", None),
        ("unix:", None),
        ("10.0.0.1, 10.0.0.2", None),
    ],
)
def test_a_peer_has_an_address_or_none(text: str, address: object) -> None:
    assert address_of(text) == address
