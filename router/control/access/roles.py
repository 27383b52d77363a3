"""The roles that exist without being written, and what a role of an installation's own may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from router.control.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class Role:
    """A name for a set of permissions."""

    name: str
    permissions: frozenset[Permission]


_READ_ALL: Final = frozenset(one for one in Permission if one.endswith((".read", ".list")))

VIEWER: Final = Role(
    "viewer",
    frozenset(
        {Permission.TENANT_READ, Permission.CONFIGURATION_READ, Permission.GROUP_READ, Permission.SILENCE_READ}
    ),
)
RESPONDER: Final = Role(
    "responder",
    VIEWER.permissions | {Permission.SILENCE_WRITE, Permission.DEADLETTER_READ, Permission.DEADLETTER_REDRIVE},
)
EDITOR: Final = Role(
    "editor",
    RESPONDER.permissions | {Permission.CONFIGURATION_WRITE, Permission.TOKEN_LIST, Permission.SECRET_LIST},
)
TENANT_ADMIN: Final = Role(
    "tenant_admin",
    EDITOR.permissions
    | {
        Permission.TOKEN_WRITE,
        Permission.SECRET_WRITE,
        Permission.KEY_LIST,
        Permission.KEY_WRITE,
        Permission.HOLD_WRITE,
        Permission.SUBJECT_EXPORT,
        Permission.ERASURE_READ,
        Permission.ERASURE_WRITE,
        Permission.AUDIT_READ,
    },
)
AUDITOR: Final = Role("auditor", _READ_ALL)
OPERATOR: Final = Role("operator", frozenset(Permission))

BUILT_IN: Final[Mapping[str, Role]] = MappingProxyType(
    {one.name: one for one in (VIEWER, RESPONDER, EDITOR, TENANT_ADMIN, AUDITOR, OPERATOR)}
)
"""From the one that may least."""


def least_role(permission: Permission) -> Role:
    """The built-in role with this permission that may least."""
    return next(one for one in BUILT_IN.values() if permission in one.permissions)
