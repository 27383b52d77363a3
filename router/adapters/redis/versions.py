"""Versions of a configuration: where each is, and by what it is known that somebody with a key has applied it.

Beside the texts stands of each version, by its number, when it was applied, where it comes from, and a signature of
all of it with the tenant and the number: what was changed, or put in the place of another, is not trusted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS, Command
from router.adapters.redis.provenance import provenance_key
from router.adapters.redis.server import Pipeline
from router.adapters.redis.signatures import Signatures
from router.core.model.alert import TenantId
from router.ports.signing import Purpose, Standing, Untrusted

KEPT: Final = 20
"""Versions of a tenant that are kept."""
READ: Final = 4
"""Commands that read one version."""


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """What is stored of one version; "" for what was not stored at its time, and for what has no signature."""

    text: str
    applied_at: str
    provenance: str
    signature: str = ""

    def signed(self, signatures: Signatures, tenant: TenantId, version: int) -> str:
        """The signature that it gets as this version of the tenant."""
        return signatures.sign(Purpose.DOCUMENT, *self._parts(tenant, version))

    def distrust(self, signatures: Signatures, tenant: TenantId, version: int) -> Untrusted | None:
        """Why it is not taken for this version of the tenant; None if it is."""
        return signatures.distrust(self.signature, Purpose.DOCUMENT, *self._parts(tenant, version))

    def standing(self, signatures: Signatures, tenant: TenantId, version: int) -> Standing:
        """How its signature stands."""
        return signatures.standing(self.signature, Purpose.DOCUMENT, *self._parts(tenant, version))

    def _parts(self, tenant: TenantId, version: int) -> tuple[str, ...]:
        return tenant, str(version), self.text, self.applied_at, self.provenance


def config_key(tenant: TenantId, version: int) -> str:
    """The key of one version of a tenant's configuration."""
    return keys.tenant_key(tenant, "config", str(version))


def signed_key(tenant: TenantId) -> str:
    """The hash of the signatures of a tenant's versions."""
    return keys.tenant_key(tenant, "signed")


def beside_keys(tenant: TenantId) -> tuple[str, str, str]:
    """The hashes of what stands beside the texts: when they were applied, where they come from, their signatures."""
    return keys.tenant_key(tenant, "applied"), provenance_key(tenant), signed_key(tenant)


def reading(tenant: TenantId, version: int) -> list[Command]:
    """What reads one version; its answers are what `read_version` takes."""
    return [
        COMMANDS.get(config_key(tenant, version)),
        *(COMMANDS.hget(key, str(version)) for key in beside_keys(tenant)),
    ]


def read_version(answers: Sequence[str | None]) -> StoredVersion | None:
    """What was read; None where there is none."""
    text, *beside = answers
    return None if text is None else StoredVersion(text, *(one or "" for one in beside))


def note(pipeline: Pipeline, tenant: TenantId, version: int, new: StoredVersion) -> None:
    """Store what stands beside the text of a version, and forget it of one that is not kept any more."""
    field, forgotten = str(version), str(version - KEPT)
    values = (new.applied_at, new.provenance, new.signature)
    for key, value in zip(beside_keys(tenant), values, strict=True):
        if value:
            pipeline.hset(key, field, value)
        else:
            pipeline.hdel(key, field)
        pipeline.hdel(key, forgotten)
