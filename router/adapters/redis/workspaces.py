"""Which workspace a bot's token belongs to, as reported by `auth.test`; tenants with one bot share its budgets."""

from collections.abc import Collection, Mapping
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.core.model.instant import HOUR, MILLISECOND, SECOND, Instant, Span
from router.core.slack.new_block import NewBlock
from router.ports.slack import BlockTrial, Identity, Verdict

_TRIED: Final = Span(24 * HOUR)
_DIGITS: Final = 12


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

    async def forget(self, token_digest: str) -> None:
        """Keep nothing of a token any more."""
        await self._redis.ask(COMMANDS.hdel(keys.WORKSPACES, token_digest, _url_field(token_digest)))

    async def note_tried(self, workspace: str, blocks: Collection[NewBlock], trial: BlockTrial) -> None:
        """Slack has taken or refused these blocks there; kept for a day after the last that is noted."""
        key, text = keys.workspace_key(workspace, "blocks"), f"{trial.verdict}:{trial.at // SECOND}"
        noted = COMMANDS.hset(key, mapping={block.value: text for block in blocks})
        await self._redis.ask_all([noted, COMMANDS.pexpire(key, _TRIED // MILLISECOND)])

    async def tried(self, workspace: str) -> Mapping[NewBlock, BlockTrial]:
        """What was noted last of each block."""
        asked = list(NewBlock)
        texts = await self._redis.ask(COMMANDS.hmget(keys.workspace_key(workspace, "blocks"), asked))
        return {block: trial for block, text in zip(asked, texts, strict=True) if (trial := _trial(text or ""))}


def _trial(text: str) -> BlockTrial | None:
    """What was noted; None for nothing, and for what was not written so."""
    verdict, _, seconds = text.partition(":")
    if verdict not in set(Verdict) or not (seconds.isdecimal() and len(seconds) <= _DIGITS):
        return None
    return BlockTrial(Verdict(verdict), Instant(int(seconds) * SECOND))


def _url_field(token_digest: str) -> str:
    return f"{token_digest}:url"
