"""The names of certificates in the operator's part: whole ones, as a certificate has them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from router.config.certificates import CertificateNameText

NAME: TypeAdapter[str] = TypeAdapter(CertificateNameText)


@pytest.mark.parametrize("text", ["alertmanager.acme.example", "a", "spiffe://example.org/acme", "x" * 253])
def test_a_name_or_a_uri_is_taken_as_it_is_written(text: str) -> None:
    assert NAME.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "*.acme.example", "Acme.example", "a b", "acme.", ".acme", "CN=acme", "spiffe://", "a://b c", "x" * 254],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValidationError, match=r"alertmanager\.acme\.example"):
        NAME.validate_python(text)
