"""What configuration and settings say about one alert group, as the stages need it."""

from dataclasses import dataclass
from typing import Final

from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, SECOND, Span
from router.core.model.rules.interval import ALWAYS_ACTIVE, RouteIntervals
from router.core.model.rules.receiver import OnChange, Receiver
from router.core.model.rules.route import Timing
from router.core.model.rules.severity import Severity
from router.core.model.rules.tenant import Tenant

REPLAY_HORIZON: Final = Span(24 * HOUR)
"""How long registers outlive the message; older records are dead-lettered."""

_LEASE: Final = Span(30 * SECOND)
_AMBIGUOUS_WAIT: Final = Span(10 * SECOND)
_CHANNEL_RETRY: Final = Span(5 * MINUTE)


@dataclass(frozen=True, slots=True)
class CallTimes:
    """How long a call may take, how long nobody can judge it, and how long a parked group waits.

    `park_retry` is for tokens and messages, `channel_retry` for channels. `longest_call` is how long after it was
    given up Slack may still carry a call out.
    """

    lease: Span = _LEASE
    ambiguous_wait: Span = _AMBIGUOUS_WAIT
    park_retry: Span = MINUTE
    channel_retry: Span = _CHANNEL_RETRY
    longest_call: Span = MINUTE


@dataclass(frozen=True, slots=True)
class Policy:
    """What the tenant's configuration and the platform's settings say about one group."""

    receiver: Receiver
    timing: Timing
    severity: Severity
    times: CallTimes = CallTimes()
    intervals: RouteIntervals = ALWAYS_ACTIVE
    """When its route is muted and active."""


def policy_for(tenant: Tenant, group: AlertGroup, times: CallTimes) -> Policy:
    """The policy of a group."""
    return Policy(
        receiver=tenant.receivers.get(group.key.receiver) or _former_receiver(tenant, group),
        timing=_timing(tenant, group),
        severity=tenant.severity,
        times=times,
        intervals=tenant.intervals(group.key.receiver, group.key.path),
    )


def _timing(tenant: Tenant, group: AlertGroup) -> Timing:
    """The intervals of its route; a digest keeps a pace of its own."""
    timing = tenant.timing(group.key.receiver, group.key.path)
    return timing if group.digest is None else replace(timing, group_interval=group.digest.pace)


def _former_receiver(tenant: Tenant, group: AlertGroup) -> Receiver:
    """A receiver that is no longer configured: only for the last edit of a message that is there."""
    return Receiver(
        name=group.key.receiver,
        channel=group.posted.channel if group.posted is not None else "",
        mention=(),
        locale=tenant.locale,
        send_resolved=True,
        on_change=OnChange.EDIT,
        digest_above=0,
    )


def kept_for(timing: Timing) -> Span:
    """How long a closed group is kept."""
    return Span(max(timing.reopen_within, REPLAY_HORIZON))
