"""Ask Slack about a tenant's token and its scopes, then about its channels."""

from collections.abc import Iterator
from typing import Final

from router.control.check.channels import channels_of, check_channels
from router.control.check.result import CheckResult, State
from router.control.check.scopes import NEEDED, SENDING
from router.control.diagnosis import diagnose
from router.core.model.rules.tenant import Tenant
from router.core.slack.answer import Answer, TokenDead
from router.ports.control import Bot, Directory

_INSTALL: Final = "add them to the app (deploy/slack/ has all), and install the app again"
_NOT_ASKED: Final = "not asked: there is no token that works"


async def check_slack(directory: Directory, tenant: Tenant, token: str | None) -> list[CheckResult]:
    """All results that need Slack; they are unknown if there is no token that works."""
    bot = await directory.bot(token) if token is not None else None
    if token is None or not isinstance(bot, Bot):
        rest = ["scopes", "edits", *(f"channel {one}" for one in channels_of(tenant))]
        return [_token(tenant, bot), *(CheckResult(name, State.UNKNOWN, _NOT_ASKED) for name in rest)]
    return [_token(tenant, bot), *_scopes(bot.scopes), *await check_channels(directory, tenant, token, bot)]


def _token(tenant: Tenant, bot: Bot | Answer | None) -> CheckResult:
    if bot is None:
        return CheckResult("token", State.UNKNOWN, "not asked: there is no token")
    if isinstance(bot, Bot):
        who = f"team {bot.team} ({bot.team_id}), bot user {bot.user} ({bot.user_id})"
        return CheckResult("token", State.OK, who)
    why = diagnose(bot, tenant)
    state = State.WRONG if isinstance(bot, TokenDead) else State.UNKNOWN
    return CheckResult("token", state, why.problem, why.remedy)


def _scopes(scopes: frozenset[str] | None) -> Iterator[CheckResult]:
    if scopes is None:
        for name in ("scopes", "edits"):
            yield CheckResult(name, State.UNKNOWN, "Slack did not say which scopes the token has")
        return
    lacking = [scope for scope in NEEDED if scope not in scopes]
    state = State.OK if not lacking else State.WRONG if set(SENDING) & set(lacking) else State.UNKNOWN
    missing = f"; lacking: {', '.join(lacking)}" if lacking else ""
    yield CheckResult("scopes", state, (", ".join(sorted(scopes)) or "none") + missing, _INSTALL if lacking else "")
    yield _edits(scopes)


def _edits(scopes: frozenset[str]) -> CheckResult:
    if scopes.issuperset(SENDING):
        return CheckResult("edits", State.OK, "the bot may post, reply, and edit what it posted")
    return CheckResult("edits", State.WRONG, f"neither posts nor edits without {', '.join(SENDING)}", _INSTALL)
