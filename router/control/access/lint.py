"""What in a valid access document is probably not meant, or weaker than it looks, with its place in the text."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Final
from urllib.parse import urlsplit

from router.config.lint.lint import located
from router.config.suggestion import quoted
from router.control.access.document import AccessDocument, BindingEntry, IssuerKind
from router.control.access.permissions import INSTALLATION_WIDE, PROPOSED, Permission
from router.control.access.roles import BUILT_IN
from router.control.access.texts import ALL_TENANTS
from router.core.model.instant import Instant, parse_rfc3339
from router.diagnostic import Diagnostic, KeyPath

_CHOSEN: Final = frozenset({"email", "name", "nickname", "preferred_username", "given_name", "family_name"})
"""Claims that people can change themselves at many issuers."""

_OWNED: Final = {
    "token.actions.githubusercontent.com": ("repository", "repository_id", "repository_owner", "repository_owner_id"),
    "gitlab.com": ("project_path", "project_id", "namespace_path", "namespace_id"),
}
"""Issuers from which everybody gets tokens, and the claims that name whose they are."""


def lint_access(document: AccessDocument, text: str, now: Instant) -> list[Diagnostic]:
    """All that is doubtful now, in the order of the text that the document was read from."""
    return located(_doubtful(document, now), text)


def _doubtful(document: AccessDocument, now: Instant) -> Iterator[Diagnostic]:
    yield from _unused(document)
    yield from _chosen_claims(document)
    yield from _removable_eyes(document)
    yield from _denied_to_everybody(document)
    for index, binding in enumerate(document.bindings):
        path: KeyPath = ("bindings", index)
        yield from _doubtful_conditions(binding, path, now)
        yield from _doubtful_role(document, binding, path)
        yield from _everybodys(document, binding, path)


def _unused(document: AccessDocument) -> Iterator[Diagnostic]:
    roles = {one.role for one in document.bindings}
    issuers = {one.who.issuer for one in document.bindings}
    for index, role in enumerate(document.roles):
        if role.name not in roles:
            yield Diagnostic("no binding has this role", ("roles", index, "name"))
    for index, issuer in enumerate(document.issuers):
        if issuer.name not in issuers:
            yield Diagnostic("no binding is for this issuer, so its tokens may nothing", ("issuers", index, "name"))


def _chosen_claims(document: AccessDocument) -> Iterator[Diagnostic]:
    remedy = "people can change it themselves at many issuers; use sub, or a group"
    for index, issuer in enumerate(document.issuers):
        for key, claim in (("subject", issuer.subject), ("groups", issuer.groups)):
            if claim in _CHOSEN:
                yield Diagnostic(f"{quoted(claim)}: {remedy}", ("issuers", index, key))
    for index, binding in enumerate(document.bindings):
        for claim in binding.who.claims.keys() & _CHOSEN:
            path: KeyPath = ("bindings", index, "who", "claims", claim)
            yield Diagnostic(f"{quoted(claim)}: {remedy}", path, about_key=True)


def _removable_eyes(document: AccessDocument) -> Iterator[Diagnostic]:
    four_eyes = document.conditions.four_eyes
    if four_eyes and Permission.ACCESS_WRITE not in four_eyes:
        message = "one operator alone can take this away again; add access.write"
        yield Diagnostic(message, ("conditions", "four_eyes"))


def _denied_to_everybody(document: AccessDocument) -> Iterator[Diagnostic]:
    for index, permission in enumerate(document.conditions.four_eyes):
        if permission not in PROPOSED:
            message = f"{permission} cannot be proposed, so this denies it to everybody; leave it out"
            yield Diagnostic(message, ("conditions", "four_eyes", index))


def _doubtful_conditions(binding: BindingEntry, path: KeyPath, now: Instant) -> Iterator[Diagnostic]:
    conditions, below = binding.conditions, (*path, "conditions")
    if conditions.until is not None and parse_rfc3339(conditions.until) <= now:
        yield Diagnostic("has ended, so the binding counts no more; remove it", (*below, "until"))
    for index, network in enumerate(conditions.networks or ()):
        if ip_network(network).prefixlen == 0:
            yield Diagnostic(f"{quoted(network)} is every address; leave networks out", (*below, "networks", index))


def _doubtful_role(document: AccessDocument, binding: BindingEntry, path: KeyPath) -> Iterator[Diagnostic]:
    own = {one.name: frozenset(one.permissions) for one in document.roles}
    held = own.get(binding.role) or BUILT_IN[binding.role].permissions
    if binding.tenants != (ALL_TENANTS,):
        if binding.role in own and (without_use := sorted(held & INSTALLATION_WIDE)):
            message = f"{', '.join(without_use)} concerns no single tenant, so this binding does not give it"
            yield Diagnostic(message, (*path, "tenants"))
        return
    if Permission.ACCESS_WRITE in held and binding.conditions.mfa is None and _is_of_people(document, binding):
        message = "who has a password of one of these people may do everything; add conditions: {mfa: required}"
        yield Diagnostic(message, path)


def _is_of_people(document: AccessDocument, binding: BindingEntry) -> bool:
    return any(one.name == binding.who.issuer and one.kind is IssuerKind.USER for one in document.issuers)


def _everybodys(document: AccessDocument, binding: BindingEntry, path: KeyPath) -> Iterator[Diagnostic]:
    issuer = next(one for one in document.issuers if one.name == binding.who.issuer)
    owners = _OWNED.get(urlsplit(issuer.url).hostname or "", ())
    if owners and binding.who.subject is None and not any(claim in binding.who.claims for claim in owners):
        message = (
            f"everybody gets tokens from this issuer; add a claim that names whose they are: {', '.join(owners)}"
        )
        yield Diagnostic(message, (*path, "who"))
