"""Where the versions of a configuration come from, as it is stored: JSON by version, beside the documents.

Versions that were applied before this was stored have none; an older program reads on without it.
"""

import json
from collections.abc import Mapping
from typing import Final

from router.adapters.redis import keys
from router.core.model.alert import TenantId
from router.ports.control import Recorded
from router.ports.provenance import Part, Provenance, digest_of

_FORM: Final = 1
_TEXTS: Final = ("author", "login", "source", "message", "source_ref")


def provenance_key(tenant: TenantId) -> str:
    """The key of where a tenant's versions come from: a hash by version."""
    return keys.tenant_key(tenant, "provenance")


def dump_provenance(provenance: Provenance, document: str) -> str:
    """As it is stored, with the digest of the document."""
    texts = {name: getattr(provenance, name) for name in _TEXTS}
    return json.dumps({"v": _FORM, **texts, "part": provenance.part, "digest": digest_of(document)})


def load_provenance(text: str | None) -> Recorded | None:
    """What was stored; None if nothing was, or not in this form."""
    try:
        stored = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    if not isinstance(stored, Mapping) or stored.get("v") != _FORM or stored.get("part") not in set(Part):
        return None
    texts = {name: str(stored.get(name, "")) for name in _TEXTS}
    return Recorded(Provenance(**texts, part=Part(stored["part"])), str(stored.get("digest")))
