"""Which workspace a bot's token belongs to, as reported by `auth.test`; tenants with one bot share its budgets."""

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection, translated


class WorkspaceRepository:
    """Workspaces by the digest of a token."""

    def __init__(self, connection: Connection) -> None:
        self._client = connection.client

    async def find(self, token_digest: str) -> str | None:
        """The workspace of a token that was seen before."""
        with translated():
            found: str | None = await self._client.hget(keys.WORKSPACES, token_digest)
        return found

    async def remember(self, token_digest: str, workspace: str) -> None:
        """Keep what `auth.test` said of a token."""
        with translated():
            await self._client.hset(keys.WORKSPACES, token_digest, workspace)
