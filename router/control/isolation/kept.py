"""Which tenants' files in force break what their levels promise.

A file is held against the policy when it is applied. A policy that changes later is held against all of them here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from router.config import stored
from router.config.stored import pool_of
from router.control.isolation.promised import Promise
from router.core.model.alert import TenantId
from router.core.pool import Pool
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError
from router.ports.tenants import ActiveDocument


@dataclass(frozen=True, slots=True)
class Breach:
    """A tenant whose file in force does not keep its level, or cannot be read."""

    tenant: TenantId
    version: int
    findings: tuple[Diagnostic, ...]


async def breaches(active: Sequence[ActiveDocument], promise: Promise) -> list[Breach]:
    """Those among all files in force, in the order that they have."""
    pools = {one.tenant: pool_of(one.text) for one in active}
    found = [(one, await _findings(one, promise, pools)) for one in active]
    return [Breach(one.tenant, one.version, findings) for one, findings in found if findings]


async def _findings(one: ActiveDocument, promise: Promise, pools: dict[TenantId, Pool]) -> tuple[Diagnostic, ...]:
    name = f"{one.tenant} version {one.version}"
    try:
        content = stored.load(one.text)
        await promise.check(content.document, content.source_text, name, partial(_others_in, one.tenant, pools))
    except ConfigurationError as error:
        return tuple(replace(finding, source=name) for finding in error.diagnostics)
    return ()


async def _others_in(tenant: TenantId, pools: dict[TenantId, Pool], pool: Pool) -> list[TenantId]:
    return [other for other, named in pools.items() if other != tenant and named == pool]
