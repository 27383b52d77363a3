"""A strict, stateful emulator of the part of Slack that posts, edits and reads messages.

It takes Slack's place in tests and demonstrations and decides as Slack would: what is refused and with which error,
what is stored, what readers see, what comes too soon. It must never be more lenient than Slack; where Slack's
behaviour is not known, it takes the stricter reading. It shares no code with Alert Router, so that a mistake in one
is found by the other.
"""

from slack_view.shown import ShownMessage

from slack_emulator.emulator import Emulator
from slack_emulator.faults import Fault, FaultKind
from slack_emulator.journal import Anomaly, AnomalyKind, Call
from slack_emulator.limits import Limits
from slack_emulator.workspace import TokenStatus

__all__ = [
    "Anomaly",
    "AnomalyKind",
    "Call",
    "Emulator",
    "Fault",
    "FaultKind",
    "Limits",
    "ShownMessage",
    "TokenStatus",
]
