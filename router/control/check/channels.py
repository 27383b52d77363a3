"""Check that each channel that a receiver names exists, and that the bot may post there."""

from collections.abc import Sequence
from typing import Final

from router.control.check.result import CheckResult, State
from router.control.check.scopes import LOOKING
from router.control.diagnosis import diagnose
from router.core.model.rules.tenant import Tenant
from router.core.slack.answer import Answer, ChannelDead
from router.ports.control import Bot, Directory, SlackChannel

_ANYWHERE: Final = "chat:write.public"
"""With this scope a bot may post in public channels that it is not in."""


async def check_channels(directory: Directory, tenant: Tenant, token: str, bot: Bot) -> list[CheckResult]:
    """One result per channel, in the order of the receivers."""
    channels = channels_of(tenant)
    visible = bot.scopes is None or bool(bot.scopes & set(LOOKING))
    if not visible:
        remedy = f"add {' and '.join(LOOKING)} to the app, and install it again"
        return [
            CheckResult(f"channel {one}", State.UNKNOWN, "the bot may not look at channels", remedy)
            for one in channels
        ]
    named = any(one.startswith("#") for one in channels)
    own = await directory.own_channels(token, bot.scopes) if named else ()
    results = []
    for channel in channels:
        found = _named(channel, own) if channel.startswith("#") else await directory.channel(token, channel)
        results.append(_result(channel, found, tenant, bot))
    return results


def channels_of(tenant: Tenant) -> tuple[str, ...]:
    """The channels where receivers post or may post, each once."""
    return tuple(dict.fromkeys(channel for one in tenant.receivers.values() for channel in one.channels))


def _named(channel: str, own: Sequence[SlackChannel] | Answer) -> SlackChannel | Answer | None:
    if not isinstance(own, Sequence):
        return own
    return next((one for one in own if one.name == channel.removeprefix("#")), None)


def _result(channel: str, found: SlackChannel | Answer | None, tenant: Tenant, bot: Bot) -> CheckResult:
    name = f"channel {channel}"
    if found is None:
        return _not_among_its_own(name, bot)
    if not isinstance(found, SlackChannel):
        why = diagnose(found, tenant, bot.user)
        state = State.WRONG if isinstance(found, ChannelDead) else State.UNKNOWN
        return CheckResult(name, state, why.problem, why.remedy)
    if found.archived:
        return _dead(name, "is_archived", tenant, bot)
    if found.member:
        return CheckResult(name, State.OK, f"the bot is in it (#{found.name}, {found.id})")
    if _ANYWHERE in (bot.scopes or ()):
        return CheckResult(name, State.OK, f"the bot is not in it, but may post there ({_ANYWHERE})")
    return _dead(name, "not_in_channel", tenant, bot)


def _dead(name: str, error: str, tenant: Tenant, bot: Bot) -> CheckResult:
    why = diagnose(ChannelDead(error), tenant, bot.user)
    return CheckResult(name, State.WRONG, why.problem, why.remedy)


def _not_among_its_own(name: str, bot: Bot) -> CheckResult:
    """No channel of the bot has the name: unknown if the bot need not be in it or cannot see it, else wrong."""
    scopes = bot.scopes or frozenset(LOOKING)
    unsure = not scopes.issuperset(LOOKING) or _ANYWHERE in scopes
    return CheckResult(
        name,
        State.UNKNOWN if unsure else State.WRONG,
        "the bot sees no channel of that name that it is in",
        f"correct the name in the tenant's file, or invite the bot, in the channel: /invite @{bot.user}",
    )
