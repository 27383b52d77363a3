"""Explain Slack's refusals in plain words, each with what a person can do about it."""

from dataclasses import dataclass
from typing import Final

from router.core.model.instant import SECOND
from router.core.model.rules.tenant import Tenant
from router.core.slack.answer import (
    Accepted,
    Ambiguous,
    Answer,
    ChannelDead,
    Gone,
    Limited,
    NotDone,
    Refused,
    TokenDead,
    Unanswerable,
    Uneditable,
    Unreached,
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong, and how to fix it."""

    problem: str
    remedy: str


_INSTALL_AGAIN: Final = (
    "install the Slack app again and store its bot token: alert-router secret set {tenant} {secret}"
)
_INVITE: Final = "invite the bot, in the channel: /invite @{bot}"
_OTHER_CHANNEL: Final = "choose another channel in the tenant's file, or have this one unarchived"
_PERMISSIONS: Final = "let the app post there, in the channel's posting permissions, or choose another channel"

_KNOWN: Final = {
    "invalid_auth": ("Slack does not know the token", _INSTALL_AGAIN),
    "not_authed": ("Slack got no token", _INSTALL_AGAIN),
    "token_revoked": ("the token was revoked", _INSTALL_AGAIN),
    "token_expired": ("the token has expired", _INSTALL_AGAIN),
    "account_inactive": ("the bot was removed from the workspace", _INSTALL_AGAIN),
    "missing_scope": ("the token lacks a scope", "add the scopes of deploy/slack/ to the app, and install it again"),
    "not_in_channel": ("the bot is not in the channel", _INVITE),
    "channel_not_found": (
        "there is no such channel, or it is private and the bot is not in it",
        "correct the channel in the tenant's file, or " + _INVITE,
    ),
    "is_archived": ("the channel is archived", _OTHER_CHANNEL),
    "is_inactive": ("the channel is archived", _OTHER_CHANNEL),
    "restricted_action": ("the bot may not post in the channel", _PERMISSIONS),
    "restricted_action_read_only_channel": ("only some people may post in the channel", _PERMISSIONS),
}


def diagnose(answer: Answer, tenant: Tenant, bot: str = "the-bots-name") -> Diagnosis:
    """Why a call failed, as far as its answer says; `bot` is the name to invite."""
    if isinstance(answer, Accepted):
        return Diagnosis("nothing is wrong", "")
    known = _KNOWN.get(answer.error)
    problem, remedy = (f"{known[0]} ({answer.error})", known[1]) if known else _by_class(answer)
    return Diagnosis(problem, remedy.format(tenant=tenant.tenant_id, secret=tenant.token, bot=bot))


def problem_of(answer: Answer) -> str:
    """Why a call failed, where there is no tenant yet for whom to say what to do."""
    if isinstance(answer, Accepted):
        return "nothing is wrong"
    known = _KNOWN.get(answer.error)
    return known[0] if known else _by_class(answer)[0]


def _by_class(answer: NotDone) -> tuple[str, str]:
    match answer:
        case Limited():
            return f"Slack asks to wait {answer.retry_after // SECOND} s ({answer.error})", "try again after that"
        case Unreached():
            return (
                f"Slack was not reached ({answer.error})",
                "check the network, its proxy and ALERT_ROUTER_SLACK__BASE_URL",
            )
        case Ambiguous():
            return (
                f"Slack gave no clear answer ({answer.error}); the call may have been made",
                "look into the channel, then try again",
            )
        case TokenDead():
            return f"Slack refuses the token ({answer.error})", _INSTALL_AGAIN
        case ChannelDead():
            return f"nothing can be posted in the channel ({answer.error})", _PERMISSIONS
        case Gone() | Uneditable() | Unanswerable() | Refused():
            return f"Slack refused the message ({answer.error})", "this is a bug in Alert Router; please report it"
