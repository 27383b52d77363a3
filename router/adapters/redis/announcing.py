"""What makes every process read a tenant's configuration again, and what travels with it."""

from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.command import Command, Script
from router.core.model.alert import TenantId

_ANNOUNCE: Final = Script("announce")


def announced(tenant: TenantId) -> Command:
    """The tenant is new to whoever follows the sequence."""
    return _ANNOUNCE.on([keys.TENANTS, keys.SEQUENCE], [tenant])
