"""What configuration and settings say about one alert group, as the stages need it."""

from dataclasses import dataclass
from typing import Final

from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, SECOND, Span
from router.core.model.key import digest_channel
from router.core.model.rules.flapping import DEFAULT_FLAPPING, Flapping
from router.core.model.rules.interval import ALWAYS_ACTIVE
from router.core.model.rules.receiver import NO_CHANNEL, Receiver, null_receiver
from router.core.model.rules.route import Timing
from router.core.model.rules.severity import Severity
from router.core.model.rules.tenant import Tenant
from router.core.mute.inhibition import NO_SOURCES, Sources
from router.core.mute.mute import NO_MUTES, Mutes

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
    mutes: Mutes = NO_MUTES
    flapping: Flapping = DEFAULT_FLAPPING
    asks_alertmanager: bool = False
    """Whether Alertmanager can be asked about what its bodies leave out."""


def policy_for(tenant: Tenant, group: AlertGroup, times: CallTimes, sources: Sources = NO_SOURCES) -> Policy:
    """The policy of a group; `sources` are the alerts that may inhibit its own now."""
    return Policy(
        receiver=_receiver(tenant, group),
        timing=_timing(tenant, group),
        severity=tenant.severity,
        times=times,
        mutes=_mutes(tenant, group, sources),
        flapping=tenant.flapping,
        asks_alertmanager=tenant.alertmanager is not None,
    )


def _mutes(tenant: Tenant, group: AlertGroup, sources: Sources) -> Mutes:
    """What may hold back the alerts of a group; a digest has none."""
    if group.digest is not None:
        return NO_MUTES
    intervals = tenant.intervals(group.key.receiver, group.key.path)
    if not (tenant.silences or sources) and intervals is ALWAYS_ACTIVE:
        return NO_MUTES
    return Mutes(
        intervals, tenant.silences, tenant.inhibit_rules, sources, tenant.pattern_sizes, tenant.silence_sizes
    )


def _receiver(tenant: Tenant, group: AlertGroup) -> Receiver:
    """Its receiver, as the labels of the group address it; a digest stays in the channel that it began in."""
    receiver = tenant.receivers.get(group.key.receiver)
    if receiver is None or receiver.sends_nothing:
        return _last_edits(tenant, group)
    if group.digest is not None:
        return receiver.posting_in(digest_channel(group.key))
    return receiver.addressed(dict(group.key.group)) if receiver.looks_at_labels else receiver


def _timing(tenant: Tenant, group: AlertGroup) -> Timing:
    """The intervals of its route; a digest keeps a pace of its own."""
    timing = tenant.timing(group.key.receiver, group.key.path)
    return timing if group.digest is None else replace(timing, group_interval=group.digest.pace)


def goes_nowhere(group: AlertGroup, policy: Policy) -> bool:
    """Whether nothing is sent of it: its receiver has no destination, and no message is there that it kept true."""
    return policy.receiver.sends_nothing and group.message is None


def _last_edits(tenant: Tenant, group: AlertGroup) -> Receiver:
    """In place of a receiver that is gone, or has no destination any more: a message that is there is kept true."""
    return replace(null_receiver(group.key.receiver, tenant.locale), channel=_channel_so_far(group))


def _channel_so_far(group: AlertGroup) -> str:
    """Where it is shown; a digest that has begun, and with it what waits for it, is still posted."""
    if group.posted is not None:
        return group.posted.channel
    return NO_CHANNEL if group.digest is None else digest_channel(group.key)


def kept_for(timing: Timing) -> Span:
    """How long a closed group is kept."""
    return Span(max(timing.reopen_within, REPLAY_HORIZON))
