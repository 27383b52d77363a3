"""Who applies a configuration and why: in one line each, or refused with the name of the option."""

import pytest

from router.control.provenance import MAX_MESSAGE, provenance
from router.errors import ConfigurationError
from router.ports.provenance import Provenance
from tests.bounds import tries


def test_who_names_nobody_is_the_author_by_the_login() -> None:
    assert provenance(None, "root@ci-7", "") == Provenance("root@ci-7", "root@ci-7")


def test_who_names_somebody_is_known_by_the_login_all_the_same() -> None:
    assert provenance("Ana", "root@ci-7", " on call ") == Provenance("Ana", "root@ci-7", message="on call")


@pytest.mark.parametrize(
    ("author", "message", "named"),
    [
        ("", "", "--author should be"),
        ("Ana\nBen", "", "--author should be"),
        ("x" * 201, "", "--author should be"),
        ("Ana", "two\nlines", "--message should be"),
        ("Ana", "\x1b[2J", "--message should be"),
    ],
)
def test_what_does_not_go_into_a_line_is_refused(author: str, message: str, named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        provenance(author, "root@ci-7", message)


@tries("message that is kept with a version")
def test_a_message_may_be_as_long_as_the_bound(beyond: int) -> None:
    message = "x" * (MAX_MESSAGE + beyond)
    if beyond <= 0:
        assert provenance(None, "root@ci-7", message).message == message
        return
    with pytest.raises(ConfigurationError, match="--message"):
        provenance(None, "root@ci-7", message)
