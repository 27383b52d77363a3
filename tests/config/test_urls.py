"""An address in a tenant's file is one that can be asked, and holds no secret."""

import pytest
from pydantic import TypeAdapter, ValidationError

from router.config.urls import MAX_ADDRESS, HttpUrlText
from tests.bounds import tries

ADDRESS: TypeAdapter[str] = TypeAdapter(HttpUrlText)


@pytest.mark.parametrize(
    "text", ["http://alertmanager:9093", "https://am.example/alertmanager/", "http://[::1]:9093", "http://10.0.0.1"]
)
def test_what_can_be_asked_is_taken_as_it_is_written(text: str) -> None:
    assert ADDRESS.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "alertmanager:9093",
        "ftp://am",
        "file:///etc/passwd",
        "http://",
        "http://am:99999",
        "http://am/?a=b",
        "http://am/#x",
        "http://a m",
        "http://am\n",
        "http://am:0",
        "http://äm",
    ],
)
def test_anything_else_is_named(text: str) -> None:
    with pytest.raises(ValidationError, match="not a valid address"):
        ADDRESS.validate_python(text)


def test_a_password_belongs_into_a_secret() -> None:
    with pytest.raises(ValidationError, match="use `token`"):
        ADDRESS.validate_python("http://user:password@am:9093")


@tries("address of an Alertmanager")
def test_an_address_has_so_many_characters(beyond: int) -> None:
    text = "http://am/".ljust(MAX_ADDRESS + beyond, "a")
    if beyond > 0:
        with pytest.raises(ValidationError):
            ADDRESS.validate_python(text)
    else:
        assert ADDRESS.validate_python(text) == text
