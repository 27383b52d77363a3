"""`alert-router access ...`: who may do what, by an access document; needs no engine."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from router.app.clocks import wall_clock
from router.cli.access_output import decision_json, decision_lines, print_access
from router.cli.options import AsJson, time_or_ago
from router.cli.validate import diagnostic_json
from router.config.files import read_text
from router.config.suggestion import guess
from router.control.access.compiling import compile_access
from router.control.access.deciding import decide
from router.control.access.document import AccessDocument, IssuerEntry
from router.control.access.lint import lint_access
from router.control.access.permissions import Permission
from router.control.access.principal import Identity, Principal, PrincipalKind, address_of
from router.control.access.reading import read_access
from router.control.access.texts import ALL_TENANTS
from router.core.model.instant import Instant
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

_ANY_SUBJECT: Final = "somebody"

File = Annotated[Path, typer.Argument(help="The access document; - is standard input.", metavar="FILE")]
At = Annotated[
    str | None,
    typer.Option("--at", help="As of this time, RFC 3339, or so long ago.", metavar="TIME", show_default="now"),
]


def lint(
    file: File,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Take warnings for errors.")] = False,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Check an access document; every error with its line, column and remedy.

    What is valid and probably not meant, or weaker than it looks, is a warning. A document after which nobody could
    change the document again is an error.

    Example: alert-router access lint access.yaml
    """
    try:
        warnings = _strict(_doubtful(file, at)) if strict else _doubtful(file, at)
    except ConfigurationError as error:
        if not as_json:
            raise
        _print_findings(error.diagnostics, [])
        raise typer.Exit(2) from None
    if as_json:
        _print_findings([], warnings)
        return
    typer.echo(f"{file}: the access document is valid")
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)


def show(file: File, *, as_json: AsJson = False) -> None:
    """Print an access document as it is understood: each role with its permissions, each binding in words.

    Example: alert-router access show access.yaml
    """
    _, document = _read(file)
    print_access(compile_access(document), as_json=as_json)


def ask(  # noqa: PLR0913 - each is an option
    file: File,
    permission: Annotated[str, typer.Argument(help="What is asked, for example configuration.write.")],
    *,
    tenant: Annotated[
        str | None,
        typer.Option("--tenant", help="Of this tenant; else of all, or of the installation.", metavar="TENANT"),
    ] = None,
    issuer: Annotated[
        str | None, typer.Option("--issuer", help="Whose token it is; needed if there are several.")
    ] = None,
    principal: Annotated[str, typer.Option("--principal", help="The subject of the token.")] = _ANY_SUBJECT,
    group: Annotated[list[str] | None, typer.Option("--group", help="A group of theirs.")] = None,
    claim: Annotated[
        list[str] | None, typer.Option("--claim", help="A claim of the token.", metavar="NAME=VALUE")
    ] = None,
    acr: Annotated[str, typer.Option("--acr", help="The claim acr.")] = "",
    amr: Annotated[list[str] | None, typer.Option("--amr", help="A value of the claim amr.")] = None,
    address: Annotated[str, typer.Option("--address", help="Where the request comes from.", metavar="IP")] = "",
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Ask an access document whether somebody may do something; exits with 1 where it is denied.

    A denial says why, and which permission of which role would have allowed it.

    Example: alert-router access test access.yaml configuration.write --tenant acme --group acme-editors
    """
    _, document = _read(file)
    asking = _principal(_issuer(document, issuer), principal, group or (), claim or ())
    asking = replace(asking, acr=acr, amr=frozenset(amr or ()), address=address_of(address))
    of = None if tenant == ALL_TENANTS else tenant
    decision = decide(compile_access(document), asking, _permission(permission), of, _moment(at))
    typer.echo(json.dumps(decision_json(decision)) if as_json else "\n".join(decision_lines(decision)))
    if not decision.allowed:
        raise typer.Exit(1)


def _read(file: Path) -> tuple[str, AccessDocument]:
    text = read_text(file)
    return text, read_access(text, str(file))


def _doubtful(file: Path, at: str | None) -> list[Diagnostic]:
    text, document = _read(file)
    return [replace(one, source=str(file)) for one in lint_access(document, text, _moment(at))]


def _strict(warnings: list[Diagnostic]) -> list[Diagnostic]:
    """No warnings, since each is an error."""
    if warnings:
        raise ConfigurationError(*warnings)
    return warnings


def _moment(at: str | None) -> Instant:
    now = wall_clock()
    return now if at is None else time_or_ago(at, now, "--at")


def _issuer(document: AccessDocument, name: str | None) -> IssuerEntry:
    names = [one.name for one in document.issuers]
    found = [one for one in document.issuers if name in {None, one.name}]
    if len(found) == 1:
        return found[0]
    message = f"name one of the issuers: {', '.join(names)}{guess(name or '', names)}"
    raise ConfigurationError(Diagnostic(message, source="--issuer"))


def _principal(issuer: IssuerEntry, subject: str, groups: Sequence[str], claims: Sequence[str]) -> Principal:
    kind = PrincipalKind(issuer.kind.value)
    return Principal(Identity(issuer.url, subject), kind, frozenset(groups), _claims(claims))


def _permission(text: str) -> Permission:
    try:
        return Permission(text)
    except ValueError:
        known = [one.value for one in Permission]
        instead = guess(text, known) or f"; there are {', '.join(known)}"
        raise ConfigurationError(f"{text!r} is not a permission{instead}") from None


def _claims(typed: Sequence[str]) -> dict[str, frozenset[str]]:
    claims: dict[str, frozenset[str]] = {}
    for one in typed:
        name, equals, value = one.partition("=")
        if not equals:
            raise ConfigurationError(Diagnostic(f"{one!r} is not a claim; use NAME=VALUE", source="--claim"))
        claims[name] = claims.get(name, frozenset()) | {value}
    return claims


def _print_findings(found: Sequence[Diagnostic], warnings: Sequence[Diagnostic]) -> None:
    parts = {"findings": found, "warnings": warnings}
    printed = {name: [diagnostic_json(one) for one in listed] for name, listed in parts.items()}
    typer.echo(json.dumps({"valid": not found, **printed}))
