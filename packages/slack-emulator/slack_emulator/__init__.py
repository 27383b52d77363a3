"""A strict, stateful emulator of the part of Slack that the alert router speaks to.

It stands in for Slack in tests, in `up` and in the demo, and decides what real Slack would: what is refused
and in which words, what is stored, what readers see, what comes too soon. It must never be more lenient than
Slack; where Slack's behaviour is not known it takes the stricter reading. It shares no code with the rest of
`router`, so that one mistake is not made on both sides; only its page draws messages with `slack_view`.
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
