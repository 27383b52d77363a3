"""The Web API methods that are emulated: what each requires and spends, and the function behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slack_emulator.limits import Budget
from slack_emulator.methods.checking import auth_test, validate_blocks
from slack_emulator.methods.context import Context, Method, Reply, missing_scope
from slack_emulator.methods.editing import delete, update
from slack_emulator.methods.listing import SCOPES, user_conversations
from slack_emulator.methods.posting import post_ephemeral, post_message
from slack_emulator.methods.reacting import add, remove
from slack_emulator.methods.reading import history, info, replies
from slack_emulator.wire import Arguments

__all__ = ["METHODS", "PUBLIC_METHODS", "Context", "Rule", "missing_scope"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One method: it needs any of `scopes` and all of the `required` arguments, and spends all of `budgets`."""

    run: Method
    scopes: tuple[str, ...]
    required: tuple[str, ...]
    budgets: tuple[Budget, ...]


_WRITE = ("chat:write",)
_HISTORY = ("channels:history", "groups:history")
_REACT = ("reactions:write",)

METHODS: Mapping[str, Rule] = {
    "auth.test": Rule(auth_test, (), (), (Budget.SPECIAL,)),
    "chat.postMessage": Rule(post_message, _WRITE, ("channel",), (Budget.POSTS,)),
    "chat.postEphemeral": Rule(post_ephemeral, _WRITE, ("channel", "user"), (Budget.TIER4, Budget.POSTS)),
    "chat.update": Rule(update, _WRITE, ("channel", "ts"), (Budget.UPDATES,)),
    "chat.delete": Rule(delete, _WRITE, ("channel", "ts"), (Budget.TIER3,)),
    "reactions.add": Rule(add, _REACT, ("channel", "timestamp", "name"), (Budget.TIER3,)),
    "reactions.remove": Rule(remove, _REACT, ("channel", "timestamp", "name"), (Budget.TIER2,)),
    "conversations.history": Rule(history, _HISTORY, ("channel",), (Budget.HISTORY,)),
    "conversations.replies": Rule(replies, _HISTORY, ("channel", "ts"), (Budget.HISTORY,)),
    "conversations.info": Rule(info, ("channels:read", "groups:read"), ("channel",), (Budget.TIER3,)),
    "users.conversations": Rule(user_conversations, tuple(SCOPES.values()), (), (Budget.TIER3,)),
}

PUBLIC_METHODS: Mapping[str, Callable[[Arguments], Reply]] = {"blocks.validate": validate_blocks}
"""Methods that need neither token nor scope and spend no budget."""
