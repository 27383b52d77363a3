"""Two access documents that hold at once: the root, which a file has, and the one that is stored."""

from types import MappingProxyType

from router.control.access.table import AccessTable


def joined(root: AccessTable, stored: AccessTable) -> AccessTable:
    """Who may do what by either: bindings add up, what takes two people by one of them does so.

    Of issuers and roles that both name, the root's hold: what is stored takes nothing from who is in the root.
    """
    handles = dict.fromkeys([*root.bindings, *stored.bindings])
    return AccessTable(
        MappingProxyType({one: (*root.bindings.get(one, ()), *stored.bindings.get(one, ())) for one in handles}),
        MappingProxyType({**stored.roles, **root.roles}),
        root.four_eyes | stored.four_eyes,
        MappingProxyType({**stored.issuers, **root.issuers}),
    )
