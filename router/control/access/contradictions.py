"""What in an access document contradicts itself, and what would leave nobody who may change it."""

from collections.abc import Iterable, Iterator, Sequence

from router.config.suggestion import guess, quoted
from router.control.access.document import AccessDocument, BindingEntry, IssuerKind, Need
from router.control.access.permissions import Permission
from router.control.access.roles import BUILT_IN
from router.control.access.texts import ALL_TENANTS
from router.diagnostic import Diagnostic, KeyPath


def contradictions(document: AccessDocument) -> Iterator[Diagnostic]:
    """Every part of the document that contradicts another; if none does, that it locks everybody out."""
    found = list(_contradictions(document))
    yield from found or _lockout(document)


def _contradictions(document: AccessDocument) -> Iterator[Diagnostic]:
    yield from _repeated([one.name for one in document.issuers], "issuers", "name")
    yield from _repeated([one.url for one in document.issuers], "issuers", "url")
    yield from _repeated([one.name for one in document.roles], "roles", "name")
    yield from _repeated([one.name for one in document.bindings], "bindings", "name")
    yield from _wrong_roles(document)
    for index, binding in enumerate(document.bindings):
        yield from _wrong_binding(document, binding, ("bindings", index))


def _repeated(names: Sequence[str], listed: str, key: str) -> Iterator[Diagnostic]:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if first.setdefault(name, index) != index:
            taken = f"{quoted(name)} is taken by {listed}[{first[name]}]"
            yield Diagnostic(f"{taken}; each may stand once", (listed, index, key))


def _wrong_roles(document: AccessDocument) -> Iterator[Diagnostic]:
    for index, role in enumerate(document.roles):
        path: KeyPath = ("roles", index)
        if role.name in BUILT_IN:
            yield Diagnostic(f"{quoted(role.name)} is a built-in role; choose another name", (*path, "name"))
        if role.part_of not in BUILT_IN:
            yield _unknown(role.part_of, BUILT_IN, "the built-in roles", (*path, "part_of"))
            continue
        for place, permission in enumerate(role.permissions):
            if permission not in BUILT_IN[role.part_of].permissions:
                holder = f"role {role.part_of} does not hold {permission}, so no part of it can"
                yield Diagnostic(f"{holder}; leave it out", (*path, "permissions", place))


def _wrong_binding(document: AccessDocument, binding: BindingEntry, path: KeyPath) -> Iterator[Diagnostic]:
    roles = dict.fromkeys([*BUILT_IN, *(one.name for one in document.roles)])
    if binding.role not in roles:
        yield _unknown(binding.role, roles, "the roles", (*path, "role"))
    who, issuers = binding.who, {one.name: one for one in document.issuers}
    if who.subject is None and who.group is None and not who.claims:
        yield Diagnostic("is for everybody with a token of this issuer; add subject, group or claims", (*path, "who"))
    issuer = issuers.get(who.issuer)
    if issuer is None:
        yield _unknown(who.issuer, issuers, "the issuers", (*path, "who", "issuer"))
    elif binding.conditions.mfa is Need.REQUIRED and (issuer.mfa is None or not (issuer.mfa.acr or issuer.mfa.amr)):
        message = f"issuer {issuer.name} shows no second factor, so nobody could fulfil this; give its mfa"
        yield Diagnostic(message, (*path, "conditions", "mfa"))


def _unknown(name: str, known: Iterable[str], listed: str, path: KeyPath) -> Diagnostic:
    names = list(known)
    return Diagnostic(
        f"{quoted(name)} is not among {listed}{guess(name, names) or '; there are ' + ', '.join(names)}", path
    )


def _lockout(document: AccessDocument) -> Iterator[Diagnostic]:
    """Nobody could change the document again, for good or as soon as a binding ends."""
    lasting = [one for one in document.bindings if _may_change_access(document, one)]
    remedy = 'bind a role with access.write to tenants: ["*"], without until'
    if not lasting:
        yield Diagnostic(f"nobody could change this document again; {remedy}", ("bindings",))
    elif Permission.ACCESS_WRITE in document.conditions.four_eyes and not _two_people(document, lasting):
        message = (
            "with four eyes on access.write nobody could change this document again; bind a group, or two people"
        )
        yield Diagnostic(message, ("conditions", "four_eyes"))


def _may_change_access(document: AccessDocument, binding: BindingEntry) -> bool:
    own = {one.name: frozenset(one.permissions) for one in document.roles}
    held = own.get(binding.role) or BUILT_IN[binding.role].permissions
    everywhere = binding.tenants == (ALL_TENANTS,)
    return everywhere and binding.conditions.until is None and Permission.ACCESS_WRITE in held


def _two_people(document: AccessDocument, bindings: Iterable[BindingEntry]) -> bool:
    """Whether one can propose and another person approve."""
    people = {one.name for one in document.issuers if one.kind is IssuerKind.USER}
    subjects = {(one.who.issuer, one.who.subject) for one in bindings}
    persons = {(issuer, subject) for issuer, subject in subjects if issuer in people}
    several = any(subject is None for _, subject in persons)
    return bool(persons) and (several or len(subjects) > 1)
