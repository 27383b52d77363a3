"""What applying a folder needs: tenants' configurations, and what deletes them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.app.offered import open_removing, open_tenants
from router.app.validating import new_template_validator
from router.control.gitops.applying import Applying
from router.settings import Settings


@asynccontextmanager
async def open_applying(settings: Settings) -> AsyncIterator[Applying]:
    """Of the control API where the settings name one, else of the record and Redis."""
    async with open_tenants(settings) as tenants, open_removing(settings) as removing:
        yield Applying(tenants, removing, new_template_validator())
