"""`auth.test`, and `blocks.validate`, which needs no token and answers with structured errors."""

import json

from slack_emulator.attachments import check_attachments
from slack_emulator.blocks import failures
from slack_emulator.methods.context import Context, Reply
from slack_emulator.refusal import RefusalError
from slack_emulator.schema import structured
from slack_emulator.wire import Arguments

MAX_SUBJECT_CHARS = 100_000

_SUBJECTS = ("blocks", "message", "view")


def auth_test(context: Context, _args: Arguments) -> Reply:
    """The bot and the workspace of the token."""
    author, workspace = context.token.author, context.workspace
    return {
        "url": f"https://{workspace.name}.slack.com/",
        "team": workspace.name,
        "user": "alerts",
        "team_id": workspace.team_id,
        "user_id": author.user_id,
        "bot_id": author.bot_id,
        "is_enterprise_install": False,
    }


def validate_blocks(args: Arguments) -> Reply:
    """Check blocks or a message without sending it; only forms are accepted, and views are not emulated."""
    given = [name for name in _SUBJECTS if args.has(name)]
    if len(given) != 1 or given[0] == "view" or given[0] not in args.encoded:
        raise RefusalError("invalid_arguments", ["exactly one of blocks or message must be given, in a form"])
    blocks = _blocks(given[0], str(args.values[given[0]]))
    broken = failures(blocks)
    if broken:
        raise RefusalError("invalid_blocks", extra={"errors": structured(broken)})
    return {}


def _blocks(name: str, subject: str) -> list[object]:
    if len(subject) > MAX_SUBJECT_CHARS:
        raise RefusalError("invalid_arguments", [f"must be less than {MAX_SUBJECT_CHARS + 1} characters"])
    try:
        value = json.loads(subject)
    except (ValueError, RecursionError):
        raise RefusalError("invalid_blocks_format") from None
    if name == "message":
        value = _message_blocks(value)
    if not isinstance(value, list):
        raise RefusalError("invalid_blocks_format")
    return value


def _message_blocks(message: object) -> object:
    if not isinstance(message, dict):
        raise RefusalError("invalid_arguments", ["must provide an object [json-pointer:/message]"])
    check_attachments(message.get("attachments", []))
    return message.get("blocks", [])
