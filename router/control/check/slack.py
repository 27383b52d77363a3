"""What Slack says of a tenant's token and its scopes; then of its channels."""

from collections.abc import Iterator
from typing import Final

from router.adapters.slack.directory import Bot, SlackDirectory
from router.control.check.channels import channel_rows, channels_of
from router.control.check.row import Row, State
from router.control.check.scopes import HISTORY, NEEDED, SENDING
from router.control.diagnosis import trouble
from router.core.model.tenant import Tenant
from router.core.slack.answer import Answer, TokenDead

_INSTALL: Final = "add it to the app (deploy/slack/ has all), and install the app again"
_NOT_ASKED: Final = "not asked: there is no token that works"


async def slack_rows(directory: SlackDirectory, tenant: Tenant, token: str | None) -> list[Row]:
    """All that is asked of Slack; without a token that works, only that it could not be."""
    bot = await directory.bot(token) if token is not None else None
    if token is None or not isinstance(bot, Bot):
        rest = ["scopes", "edits", "history", *(f"channel {one}" for one in channels_of(tenant))]
        return [_token(tenant, bot), *(Row(what, State.UNKNOWN, _NOT_ASKED) for what in rest)]
    return [_token(tenant, bot), *_scopes(bot.scopes), *await channel_rows(directory, tenant, token, bot)]


def _token(tenant: Tenant, bot: Bot | Answer | None) -> Row:
    if bot is None:
        return Row("token", State.UNKNOWN, "not asked: there is no token")
    if isinstance(bot, Bot):
        who = f"team {bot.team} ({bot.team_id}), bot user {bot.user} ({bot.user_id})"
        return Row("token", State.OK, who)
    why = trouble(bot, tenant)
    return Row("token", State.WRONG if isinstance(bot, TokenDead) else State.UNKNOWN, why.found, why.cure)


def _scopes(scopes: frozenset[str] | None) -> Iterator[Row]:
    if scopes is None:
        for what in ("scopes", "edits", "history"):
            yield Row(what, State.UNKNOWN, "Slack did not say which scopes the token has")
        return
    lacking = [scope for scope in NEEDED if scope not in scopes]
    state = State.OK if not lacking else State.WRONG if set(SENDING) & set(lacking) else State.UNKNOWN
    missing = f"; lacking: {', '.join(lacking)}" if lacking else ""
    yield Row("scopes", state, (", ".join(sorted(scopes)) or "none") + missing, _INSTALL if lacking else "")
    yield _edits(scopes)
    yield _history(scopes)


def _edits(scopes: frozenset[str]) -> Row:
    if scopes.issuperset(SENDING):
        return Row("edits", State.OK, "the bot may post, reply, and edit what it posted")
    return Row("edits", State.WRONG, f"neither posts nor edits without {', '.join(SENDING)}", _INSTALL)


def _history(scopes: frozenset[str]) -> Row:
    if scopes.issuperset(HISTORY):
        return Row("history", State.OK, "the bot may read back the channels it is in")
    return Row(
        "history",
        State.UNKNOWN,
        f"the bot may not read channels back, without {' and '.join(HISTORY)}",
        "not needed by this version, which posts again what Slack gave no clear answer to, and counts it",
    )
