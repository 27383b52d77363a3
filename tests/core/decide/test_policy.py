"""What configuration says about a group, also when its receiver or its route is gone."""

from dataclasses import replace

import pytest

from router.core.decide.policy import REPLAY_HORIZON, CallTimes, goes_nowhere, kept_for, policy_for
from router.core.model.group import AlertGroup, Digest, MessageRef
from router.core.model.instant import Span
from router.core.model.key import digest_key
from router.core.model.rules.interval import ALWAYS_ACTIVE, IntervalSpec, Minutes, RouteIntervals, TimeInterval
from router.core.model.rules.names import ReceiverName
from router.core.model.rules.receiver import NO_CHANNEL, OnChange
from tests.core.builders import SEVERITY, a_group, a_key, a_receiver, a_route, a_tenant, a_timing, hours, minutes

TIMES = CallTimes(lease=minutes(1), ambiguous_wait=minutes(2), park_retry=minutes(3))


def test_a_group_has_the_receiver_and_the_timing_of_its_route() -> None:
    own = a_timing(group_interval=minutes(7))
    tenant = a_tenant(a_route(routes=[a_route('a="b"', receiver="oncall", timing=own)]))
    route = tenant.route.routes[0]

    policy = policy_for(tenant, replace(a_group(), key=replace(a_key("oncall"), path=route.path)), TIMES)

    assert policy.receiver is tenant.receivers[route.receiver]
    assert (policy.timing, policy.severity, policy.times) == (own, SEVERITY, TIMES)


def test_a_group_whose_route_is_gone_has_the_roots_timing() -> None:
    root = a_timing(repeat_interval=hours(9))
    tenant = a_tenant(a_route(timing=root))

    assert policy_for(tenant, replace(a_group(), key=replace(a_key(), path=("{}", "gone"))), TIMES).timing == root


@pytest.mark.parametrize(("message", "channel"), [(MessageRef("C9", "1.0"), "C9"), (None, "")])
def test_a_receiver_that_is_gone_is_where_the_message_is_and_only_edits(
    message: MessageRef | None, channel: str
) -> None:
    receiver = policy_for(a_tenant(), replace(a_group(), key=a_key("gone"), message=message), TIMES).receiver

    assert (receiver.name, receiver.channel, receiver.mention) == ("gone", channel, ())
    assert receiver.on_change is OnChange.EDIT
    assert (receiver.locale, receiver.send_resolved) == (a_tenant().locale, True)


@pytest.mark.parametrize(("message", "channel"), [(MessageRef("C9", "1.0"), "C9"), (None, "")])
def test_a_receiver_without_a_destination_is_where_the_message_is_if_one_is_there(
    message: MessageRef | None, channel: str
) -> None:
    tenant = a_tenant(receivers=[a_receiver(channel=NO_CHANNEL, mention=("<!here>",))])
    group = a_group(message=message)

    policy = policy_for(tenant, group, TIMES)

    assert (policy.receiver.channel, policy.receiver.mention) == (channel, ())
    assert goes_nowhere(group, policy) is (message is None)


def test_a_digest_that_has_begun_goes_on_in_its_channel_when_its_receiver_loses_it() -> None:
    tenant = a_tenant(receivers=[a_receiver(channel=NO_CHANNEL)])
    digest = AlertGroup(digest_key(ReceiverName("default"), "C7"), digest=Digest())

    receiver = policy_for(tenant, digest, TIMES).receiver

    assert (receiver.channel, receiver.digest_above) == ("C7", 0)


def test_a_closed_group_is_kept_for_as_long_as_it_may_reopen_or_a_record_may_come_again() -> None:
    assert kept_for(a_timing(reopen_within=minutes(10))) == REPLAY_HORIZON
    assert kept_for(a_timing(reopen_within=Span(REPLAY_HORIZON + 1))) == REPLAY_HORIZON + 1


def test_a_group_is_muted_with_its_own_route_and_with_no_other() -> None:
    nights = RouteIntervals(mute=(TimeInterval("nights", (IntervalSpec(times=(Minutes(0, 360),)),)),))
    muted = replace(a_route('a="b"', receiver="oncall"), intervals=nights)
    tenant = a_tenant(a_route(routes=[replace(muted, routes=(a_route('c="d"', receiver="oncall"),))]))
    route = tenant.route.routes[0]

    own, below, gone = (
        policy_for(tenant, replace(a_group(), key=replace(a_key("oncall"), path=path)), TIMES).mutes.intervals
        for path in (route.path, route.routes[0].path, ("{}", "gone"))
    )

    assert own is nights
    assert below == gone == ALWAYS_ACTIVE
