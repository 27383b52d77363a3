"""Which workspace a bot's token belongs to, as reported by `auth.test`; tenants with one bot share its budgets."""

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.ports.slack import Identity


class WorkspaceRepository:
    """Workspaces by the digest of a token."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def find(self, token_digest: str) -> Identity | None:
        """The workspace of a token that was seen before; None also where an older program has noted it alone."""
        asked = [token_digest, _url_field(token_digest)]
        workspace, url = await self._redis.ask(COMMANDS.hmget(keys.WORKSPACES, asked))
        return None if workspace is None or url is None else Identity(workspace, url)

    async def remember(self, token_digest: str, found: Identity) -> None:
        """Keep what `auth.test` said of a token."""
        fields = {token_digest: found.workspace, _url_field(token_digest): found.url}
        await self._redis.ask(COMMANDS.hset(keys.WORKSPACES, mapping=fields))


def _url_field(token_digest: str) -> str:
    return f"{token_digest}:url"
