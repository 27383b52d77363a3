"""Look up a tenant's receiver by its name."""

from router.config.suggestion import guess
from router.core.model.rules.names import ReceiverName
from router.core.model.rules.receiver import Receiver
from router.core.model.rules.tenant import Tenant
from router.errors import OperationError


def find_receiver(tenant: Tenant, name: str) -> Receiver:
    """The tenant's receiver of that name.

    Raises:
        OperationError: there is none.
    """
    receiver = tenant.receivers.get(ReceiverName(name))
    if receiver is None:
        raise OperationError(no_receiver(tenant, name))
    return receiver


def no_receiver(tenant: Tenant, name: str) -> str:
    """The sentence for a name that no receiver has; it suggests one that is spelt alike, or lists them all."""
    instead = guess(name, tenant.receivers) or f"; it has {', '.join(tenant.receivers)}"
    return f"tenant {tenant.tenant_id!r} has no receiver {name!r}{instead}"
