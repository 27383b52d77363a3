"""Everything that Slack may answer, or not answer."""

import asyncio
import random
from functools import partial
from typing import Any, Final

from tests.chaos.faults.fault import Bound, Effect, Effects, Fault
from tests.chaos.stage import AMBIGUOUS_S, CHANNELS, LEASE_S, SLACK_TIMEOUT_S, TENANTS, Stage, team_of

_LASTS_S: Final = 4.0


async def spoil(stage: Stage, dice: random.Random, *, share: float = 0.4, **fault: Any) -> None:
    """For a while a share of all calls meets this fault."""
    plan = {"times": None, "probability": share, "seed": dice.randrange(2**31), **fault}
    await stage.emulator("faults", "POST", **plan)
    await asyncio.sleep(_LASTS_S)
    await stage.emulator("faults", "DELETE")


async def late_history(stage: Stage, dice: random.Random) -> None:
    """Posts arrive and are not answered, and what the channel shows is some seconds old when it is read."""
    stale = {"kind": "stale", "method": "conversations.history", "latency_s": AMBIGUOUS_S, "times": None}
    await stage.emulator("faults", "POST", **stale)
    await spoil(stage, dice, kind="commit_then_drop", method="chat.postMessage")


async def revoke(stage: Stage, dice: random.Random) -> None:
    """A tenant's token is revoked, and given back."""
    token = f"xoxb-emulated-{dice.choice(TENANTS)}"
    await stage.emulator("tokens/status", "POST", token=token, status="revoked")
    await asyncio.sleep(_LASTS_S)
    await stage.emulator("tokens/status", "POST", token=token, status="active")


async def archive(stage: Stage, dice: random.Random) -> None:
    """A channel is archived, and opened again."""
    place = {"team_id": team_of(dice.choice(TENANTS)), "channel": dice.choice(CHANNELS)}
    await stage.emulator("channels/archive", "POST", **place, archived=True)
    await asyncio.sleep(_LASTS_S)
    await stage.emulator("channels/archive", "POST", **place, archived=False)


async def delete(stage: Stage, dice: random.Random) -> None:
    """Somebody deletes messages that are open, so that their threads have no parent."""
    texts = (await stage.emulator("texts"))["texts"]
    others = [one for one in texts if "-storm" not in one["text"]]  # what has ended there is not posted again
    for one in dice.sample(others, min(4, len(others))):
        if not one["deleted"]:
            stage.deleted.add(one["ts"])
            await stage.emulator(
                "messages/delete", "POST", team_id=one["team_id"], channel=one["channel"], ts=one["ts"]
            )
    await asyncio.sleep(_LASTS_S)


def _answers(
    name: str, bound: Bound = Bound.SLACK_BACK, *, short: bool = False, effects: Effects = frozenset(), **fault: Any
) -> Fault:
    return Fault(name, bound, partial(spoil, **fault), short, effects)


_SLOW: Final = SLACK_TIMEOUT_S * 2
_HIDES: Final = frozenset({Effect.HIDES})

FAULTS: Final = (
    _answers("429 for a channel", kind="rate_limited", retry_after=1, short=True),
    _answers("429 for a method", kind="rate_limited", retry_after=2, error="ratelimited"),
    _answers("429 with a fraction", kind="rate_limited", retry_after="0.5"),
    _answers("429 in HTML", kind="rate_limited_html", retry_after=1),
    _answers("429 as text", kind="rate_limited_text", retry_after=1),
    _answers("processed, then dropped", kind="commit_then_drop", short=True),
    _answers("processed, then 500", kind="commit_then_500", short=True),
    _answers("dropped", kind="drop"),
    _answers("HTML 503", kind="unavailable_html", short=True),
    _answers("service_unavailable", kind="service_unavailable"),
    _answers("half of the JSON", kind="truncated_json"),
    _answers("slower than the time-out", kind="latency", latency_s=_SLOW, share=0.2, short=True),
    _answers("edits carried out late", Bound.LATE_EDIT, kind="late", latency_s=_SLOW, method="chat.update"),
    _answers(
        "posts carried out late",
        effects=_HIDES,
        kind="late",
        latency_s=LEASE_S + 2,
        method="chat.postMessage",
        share=0.2,
    ),
    Fault("history is seconds late", Bound.SLACK_BACK, late_history, effects=_HIDES),
    Fault("token revoked", Bound.PARKED, revoke, short=True),
    Fault("channel archived", Bound.PARKED, archive),
    Fault("messages deleted", Bound.SLACK_BACK, delete, effects=frozenset({Effect.MOVES})),
)
