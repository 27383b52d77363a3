"""Who may write of a tenant: nobody, once it is being erased or was."""

from dataclasses import dataclass

from router.core.model.alert import TenantId
from router.errors import OperationError
from router.ports.erasure import Erasure, Erasures
from router.ports.record import Permit


@dataclass(frozen=True, slots=True)
class GivenOnce:
    """Permits what `others` permit, but for an id that was given before; a `Permit`."""

    erasures: Erasures
    others: Permit

    async def __call__(self, tenant: TenantId) -> None:
        """Let it pass.

        Raises:
            OperationError: the tenant is being erased, or was.
        """
        erasure = await self.erasures.find(tenant)
        if erasure is not None:
            raise given_before(erasure)
        await self.others(tenant)


def given_before(erasure: Erasure) -> OperationError:
    """Why nothing is written of this tenant."""
    if erasure.is_over:
        return OperationError(
            f"tenant {erasure.tenant!r} was erased, and an id is never given twice: nothing was written",
            remedy="choose another id",
        )
    return OperationError(
        f"tenant {erasure.tenant!r} is being erased: nothing was written",
        remedy=f"to go on with that: alert-router tenant erase {erasure.tenant} --yes",
    )
