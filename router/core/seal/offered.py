"""A tenant's public keys as a document: what a gateway answers, and what a sender reads.

Ids and names of suites stand beside each key, so that a sender in any language finds the one that it can use.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from router.core.model.alert import TenantId
from router.core.seal.sent import MEDIA_TYPE, PublicKeys, Suite


def write_offer(keys: PublicKeys, earlier: Sequence[PublicKeys] = ()) -> bytes:
    """The document; with the keys before these, newest first, where there are any."""
    head = {"tenant": keys.tenant, "epoch": keys.epoch, "media_type": MEDIA_TYPE, "keys": _suites(keys)}
    before = [{"epoch": one.epoch, "keys": _suites(one)} for one in earlier]
    return json.dumps({**head, **({"earlier": before} if before else {})}, separators=(",", ":")).encode()


def read_offers(data: bytes) -> tuple[PublicKeys, ...]:
    """The keys of a document, newest first: those that it offers, and those that it has besides.

    Raises:
        ValueError: it is another document, or some of them have none that is known.
    """
    with _of_its_form():
        document: Mapping[str, Any] = json.loads(data)
        tenant = TenantId(str(document["tenant"]))
        return tuple(_read(tenant, one) for one in (document, *document.get("earlier", ())))


def read_offer(data: bytes) -> PublicKeys:
    """The keys of a document whose suites are known here; others are passed over.

    Raises:
        ValueError: it is another document, or has none that is known.
    """
    return read_offers(data)[0]


def _suites(keys: PublicKeys) -> list[dict[str, object]]:
    return [
        {
            "suite": suite.label,
            "kem": suite.kem,
            "kdf": suite.kdf,
            "aead": suite.aead,
            "public_key": base64.b64encode(key).decode(),
        }
        for suite, key in keys.keys
    ]


@contextmanager
def _of_its_form() -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a document of a tenant's public keys: {error!r}") from None


def _read(tenant: TenantId, document: Mapping[str, Any]) -> PublicKeys:
    known = {one.label: one for one in Suite}
    keys = [
        (known[one["suite"]], base64.b64decode(one["public_key"], validate=True))
        for one in document["keys"]
        if one["suite"] in known
    ]
    if not keys or any(len(key) != suite.public for suite, key in keys):
        raise ValueError("it has no key of a known suite and size")
    return PublicKeys(tenant, int(document["epoch"]), tuple(keys))
