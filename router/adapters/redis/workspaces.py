"""Which workspace a bot's token belongs to, as reported by `auth.test`; tenants with one bot share its budgets."""

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection


class WorkspaceRepository:
    """Workspaces by the digest of a token."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def find(self, token_digest: str) -> str | None:
        """The workspace of a token that was seen before."""
        found: str | None = await self._redis.ask(COMMANDS.hget(keys.WORKSPACES, token_digest))
        return found

    async def remember(self, token_digest: str, workspace: str) -> None:
        """Keep what `auth.test` said of a token."""
        await self._redis.ask(COMMANDS.hset(keys.WORKSPACES, token_digest, workspace))
