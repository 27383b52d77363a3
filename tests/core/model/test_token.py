"""A token is known by its digest."""

from router.core.model.token import token_digest, token_id


def test_the_digest_is_sha256_as_hex() -> None:
    assert token_digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_two_tokens_have_two_digests() -> None:
    assert token_digest("ar_one") != token_digest("ar_two")


def test_a_token_is_named_by_the_first_digits_of_its_digest() -> None:
    assert token_id("abc") == token_digest("abc")[:8]
