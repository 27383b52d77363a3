"""Whether each channel that a receiver names exists and lets the bot in."""

from collections.abc import Sequence
from typing import Final

from router.adapters.slack.directory import Bot, SlackChannel, SlackDirectory
from router.control.check.row import Row, State
from router.control.check.scopes import LOOKING
from router.control.diagnosis import trouble
from router.core.model.tenant import Tenant
from router.core.slack.answer import Answer, ChannelDead

_ANYWHERE: Final = "chat:write.public"
"""With it a bot may post in public channels that it is not in."""


async def channel_rows(directory: SlackDirectory, tenant: Tenant, token: str, bot: Bot) -> list[Row]:
    """One row a channel, in the order of the receivers."""
    channels = channels_of(tenant)
    visible = bot.scopes is None or bool(bot.scopes & set(LOOKING))
    if not visible:
        cure = f"add {' and '.join(LOOKING)} to the app, and install it again"
        return [Row(f"channel {one}", State.UNKNOWN, "the bot may not look at channels", cure) for one in channels]
    named = any(one.startswith("#") for one in channels)
    own = await directory.own_channels(token, bot.scopes) if named else ()
    rows = []
    for channel in channels:
        found = _named(channel, own) if channel.startswith("#") else await directory.channel(token, channel)
        rows.append(_row(channel, found, tenant, bot))
    return rows


def channels_of(tenant: Tenant) -> tuple[str, ...]:
    """The channels of all receivers, each once."""
    return tuple(dict.fromkeys(receiver.channel for receiver in tenant.receivers.values()))


def _named(channel: str, own: Sequence[SlackChannel] | Answer) -> SlackChannel | Answer | None:
    if not isinstance(own, Sequence):
        return own
    return next((one for one in own if one.name == channel.removeprefix("#")), None)


def _row(channel: str, found: SlackChannel | Answer | None, tenant: Tenant, bot: Bot) -> Row:
    what = f"channel {channel}"
    if found is None:
        return _not_among_its_own(what, bot)
    if not isinstance(found, SlackChannel):
        why = trouble(found, tenant, bot.user)
        return Row(what, State.WRONG if isinstance(found, ChannelDead) else State.UNKNOWN, why.found, why.cure)
    if found.archived:
        return _dead(what, "is_archived", tenant, bot)
    if found.member:
        return Row(what, State.OK, f"the bot is in it (#{found.name}, {found.id})")
    if _ANYWHERE in (bot.scopes or ()):
        return Row(what, State.OK, f"the bot is not in it, and may post all the same ({_ANYWHERE})")
    return _dead(what, "not_in_channel", tenant, bot)


def _dead(what: str, error: str, tenant: Tenant, bot: Bot) -> Row:
    why = trouble(ChannelDead(error), tenant, bot.user)
    return Row(what, State.WRONG, why.found, why.cure)


def _not_among_its_own(what: str, bot: Bot) -> Row:
    """A name that is none of the bot's channels: unsure where the bot need not be in it, or cannot see it."""
    scopes = bot.scopes or frozenset(LOOKING)
    unsure = not scopes.issuperset(LOOKING) or _ANYWHERE in scopes
    return Row(
        what,
        State.UNKNOWN if unsure else State.WRONG,
        "the bot sees no channel of that name that it is in",
        f"correct the name in the tenant's file, or invite the bot, in the channel: /invite @{bot.user}",
    )
