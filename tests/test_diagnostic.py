"""Diagnostics and errors carry their parts, and read as one line each where they are printed."""

import pytest

from router.diagnostic import Diagnostic, Position, one_line, path_text
from router.errors import ConfigurationError, OperationError, SecretNotFoundError


@pytest.mark.parametrize(
    ("diagnostic", "text"),
    [
        (Diagnostic("no file"), "no file"),
        (Diagnostic("unknown", ("a", 1, "b")), "a[1].b: unknown"),
        (Diagnostic("unknown", ("a",), "acme.yaml", Position(3, 7)), "acme.yaml:3:7: a: unknown"),
        (Diagnostic("unexpected end", source="title.j2", position=Position(3)), "title.j2:3: unexpected end"),
        (Diagnostic("is not base64", source="ALERT_ROUTER_SECRETS__KEY"), "ALERT_ROUTER_SECRETS__KEY: is not base64"),
        (Diagnostic("a\n\x1b[31mb", (0,), "f"), "f: [0]: a\\n\\x1b[31mb"),
    ],
)
def test_a_diagnostic_is_one_line_as_compilers_print_it(diagnostic: Diagnostic, text: str) -> None:
    assert str(diagnostic) == text


def test_a_path_is_written_as_in_the_document() -> None:
    assert path_text(("receivers", 1, "slack", "channel")) == "receivers[1].slack.channel"
    assert path_text(()) == ""


def test_a_line_has_an_end() -> None:
    assert one_line("x" * 500) == "x" * 400 + "…"


def test_a_configuration_error_has_its_diagnostics_and_prints_one_a_line() -> None:
    error = ConfigurationError(Diagnostic("unknown", ("a",), "f"), "keep one")

    assert error.diagnostics == (Diagnostic("unknown", ("a",), "f"), Diagnostic("keep one"))
    assert str(error) == "f: a: unknown\nkeep one"


def test_an_error_has_its_problem_and_its_remedy_and_prints_both() -> None:
    error = SecretNotFoundError("secret not found", remedy="set it")

    assert (error.problem, error.remedy, str(error)) == ("secret not found", "set it", "secret not found; set it")


def test_an_error_without_a_remedy_prints_its_problem_alone() -> None:
    error = OperationError("it is busy")

    assert (error.problem, error.remedy, str(error)) == ("it is busy", "", "it is busy")
