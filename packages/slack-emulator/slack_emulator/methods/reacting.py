"""`reactions.add` and `reactions.remove`, for a small set of well-known emoji."""

import re

from slack_emulator.methods.context import Context, Reply, channel_to_change
from slack_emulator.refusal import RefusalError
from slack_emulator.wire import Arguments
from slack_emulator.workspace import Message

MAX_EMOJI = 23

_EMOJI = (
    "+1 -1 100 alarm_clock ambulance arrows_counterclockwise bangbang bell beetle boom broken_heart "
    "bug bulb chart_with_upwards_trend checkered_flag clap construction eyes exclamation fire "
    "green_heart hammer heavy_check_mark hourglass interrobang large_blue_circle large_green_circle "
    "large_orange_circle large_yellow_circle link lock mag mega mute no_bell no_entry ok ok_hand "
    "person_in_tuxedo pray question raised_hands red_circle repeat robot_face rocket rotating_light "
    "scroll siren snail snowflake sos sparkles speech_balloon stopwatch tada thumbsdown thumbsup "
    "thinking_face ticket unlock warning wave white_check_mark white_circle wrench x zap zzz "
)

KNOWN_EMOJI = frozenset(_EMOJI.split())

_TIMESTAMP = re.compile(r"\d+\.\d{6}")


def add(context: Context, args: Arguments) -> Reply:
    """Add a reaction to a message; the same one again is refused."""
    name, message = _subject(context, args)
    user = context.token.author.user_id
    if user in message.reactions.get(name, ()):
        raise RefusalError("already_reacted")
    if name not in message.reactions and len(message.reactions) >= MAX_EMOJI:
        raise RefusalError("too_many_emoji")
    message.reactions.setdefault(name, set()).add(user)
    return {}


def remove(context: Context, args: Arguments) -> Reply:
    """Remove the bot's own reaction."""
    name, message = _subject(context, args)
    user = context.token.author.user_id
    if user not in message.reactions.get(name, ()):
        raise RefusalError("no_reaction")
    message.reactions[name].discard(user)
    if not message.reactions[name]:
        del message.reactions[name]
    return {}


def _subject(context: Context, args: Arguments) -> tuple[str, Message]:
    channel = channel_to_change(context, args, archived="is_archived")
    timestamp = args.required("timestamp")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise RefusalError("bad_timestamp")
    name = args.required("name")
    if name not in KNOWN_EMOJI:
        raise RefusalError("invalid_name")
    message = channel.living(timestamp)
    if message is None:
        raise RefusalError("message_not_found")
    context.call.message_ts = message.ts
    return name, message
