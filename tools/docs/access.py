"""`docs/access.md`, written from the model of the access document, the built-in roles and the reasons."""

from typing import Final

from router.control.access.deciding import Reason
from router.control.access.document import AccessDocument
from router.control.access.permissions import INSTALLATION_WIDE, Permission
from router.control.access.roles import BUILT_IN
from tools.docs.access_head import DOCUMENT, HEAD, REASONS
from tools.docs.enum_texts import texts_of
from tools.docs.markdown import cell, table
from tools.docs.tenant_file import parts_of

_HELD: Final = "yes"


def page() -> str:
    """The page."""
    return "\n".join([HEAD, _permissions(), "", REASONS, _reasons(), "", DOCUMENT, parts_of(AccessDocument)])


def _permissions() -> str:
    texts, rows = texts_of(Permission), []
    for one in Permission:
        held = [_HELD if one in role.permissions else "" for role in BUILT_IN.values()]
        scope = " Concerns no single tenant." if one in INSTALLATION_WIDE else ""
        rows.append([f"`{one}`", *held, cell(texts[one.name] + scope)])
    return table(["permission", *(f"`{name}`" for name in BUILT_IN), "lets see or do"], rows)


def _reasons() -> str:
    texts = texts_of(Reason)
    return table(["reason", "means"], [[f"`{one}`", cell(texts[one.name])] for one in Reason])
