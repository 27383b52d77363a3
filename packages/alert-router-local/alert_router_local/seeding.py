"""Seed the Slack emulator with what tenants need: a workspace, a bot's token, channels and mentions for each."""

from pathlib import Path

from slack_emulator import Emulator, Limits
from slack_emulator.serving import serve

from router.config.document.addresses import ChannelRule, MentionRule
from router.config.document.receivers import SlackReceiver
from router.config.document.tenant import TenantDocument
from router.config.files import read_files
from router.control.check.scopes import NEEDED
from router.errors import OperationError
from router.settings import EmulatorSettings


def new_emulator(settings: EmulatorSettings) -> Emulator:
    """Make an emulator with the limits of the settings."""
    return Emulator(
        limits=Limits(channel_posts_per_s=settings.channel_posts_per_s, channel_burst=settings.channel_burst)
    )


def team_of(tenant: str) -> str:
    """The id of a tenant's emulated workspace."""
    return f"T{tenant.upper().replace('-', '0')}"


def token_of(tenant: str) -> str:
    """The token of the bot in a tenant's emulated workspace."""
    return f"xoxb-emulated-{tenant}"


def seed_emulator(emulator: Emulator, document: TenantDocument) -> None:
    """Add everything that the tenant's document names; its bot may do what our manifest asks for, and no more."""
    team = team_of(document.tenant)
    emulator.add_workspace(team, document.tenant)
    emulator.add_token(token_of(document.tenant), team, NEEDED)
    for slack in (receiver.slack for receiver in document.receivers if receiver.slack is not None):
        for channel in _channels(slack, document):
            added = emulator.add_channel(
                team, channel.removeprefix("#").lower(), None if channel.startswith("#") else channel
            )
            emulator.speak(team, added, slack.locale or document.locale)
        for mention in _mentions(slack):
            emulator.allow_mention(team, mention)


def channels_of(document: TenantDocument) -> tuple[str, ...]:
    """Where a tenant's receivers post or may post, each channel once."""
    slacks = (one.slack for one in document.receivers if one.slack is not None)
    return tuple(dict.fromkeys(channel for slack in slacks for channel in _channels(slack, document)))


def _channels(slack: SlackReceiver, document: TenantDocument) -> tuple[str, ...]:
    """Where a receiver posts; all channels of the tenant where a label says which."""
    others = document.platform.slack.channels if isinstance(slack.channel, ChannelRule) else None
    return (slack.usual_channel, *(others or ()))


def _mentions(slack: SlackReceiver) -> tuple[str, ...]:
    named = slack.mention.map.values() if isinstance(slack.mention, MentionRule) else ()
    return (*slack.usual_mention, *named)


async def run_emulator(
    settings: EmulatorSettings, tenants: Path | None, host: str, port: int, page_port: int | None
) -> None:
    """Run the emulator alone, until SIGTERM, for tenants whose router runs elsewhere.

    Raises:
        OperationError: a port is taken.
    """
    emulator = new_emulator(settings)
    for file in read_files([tenants]) if tenants is not None else []:
        seed_emulator(emulator, file.document)
    try:
        await serve(emulator, host, port, page_port)
    except OSError as error:
        raise OperationError(f"{error.strerror}; choose other ports with --port and --page-port") from None
