"""A tenant's public keys as a document: what a gateway answers, and what a sender reads.

Ids and names of suites stand beside each key, so that a sender in any language finds the one that it can use.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from router.core.model.alert import TenantId
from router.core.seal.sent import MEDIA_TYPE, PublicKeys, Suite


def write_offer(keys: PublicKeys) -> bytes:
    """The document."""
    suites = [
        {
            "suite": suite.label,
            "kem": suite.kem,
            "kdf": suite.kdf,
            "aead": suite.aead,
            "public_key": base64.b64encode(key).decode(),
        }
        for suite, key in keys.keys
    ]
    document = {"tenant": keys.tenant, "epoch": keys.epoch, "media_type": MEDIA_TYPE, "keys": suites}
    return json.dumps(document, separators=(",", ":")).encode()


def read_offer(data: bytes) -> PublicKeys:
    """The keys of a document whose suites are known here; others are passed over.

    Raises:
        ValueError: it is another document, or has none that is known.
    """
    try:
        document: Mapping[str, Any] = json.loads(data)
        known = {one.label: one for one in Suite}
        keys = [
            (known[one["suite"]], base64.b64decode(one["public_key"], validate=True))
            for one in document["keys"]
            if one["suite"] in known
        ]
        found = PublicKeys(TenantId(str(document["tenant"])), int(document["epoch"]), tuple(keys))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a document of a tenant's public keys: {error!r}") from None
    if not keys or any(len(key) != suite.public for suite, key in keys):
        raise ValueError("not a document of a tenant's public keys: it has no key of a known suite and size")
    return found
