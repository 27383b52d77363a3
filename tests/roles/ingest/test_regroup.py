"""An alert that its sender groups otherwise now moves; what ends in one group ends in all groups of its receiver."""

import json
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count

import pytest

from router.core.model.alert import AlertId
from router.core.model.alert_state import ShownState
from router.core.model.group import PendingReply
from router.core.model.key import GroupKey
from router.core.model.operation import Op, Reason
from router.core.model.rules.names import ReceiverName
from router.errors import UnavailableError
from router.ports.kafka import Record
from router.roles.ingest.ingest import STEP_ATTEMPTS
from tests.adapters.builders import ACME, after
from tests.fakes.faults import Fault
from tests.roles.builders import ELSEWHERE, a_record, a_resolve, an_alert, id_of
from tests.roles.worker import Site, Worker, a_worker

BY_NAME, BY_CLUSTER = {"alertname": "A"}, {"alertname": "A", "cluster": "eu"}
A = id_of("A")


def a_sent(*alerts: object, by: dict[str, str], route: str = "{}", minute: float = 0) -> Record:
    """A record as an Alertmanager sends it that groups by these labels."""
    labels = ", ".join(f'{name}="{value}"' for name, value in by.items())
    envelope = {"version": "4", "receiver": "router", "groupKey": f"{route}:{{{labels}}}", "groupLabels": by}
    body = json.dumps({**envelope, "externalURL": "http://am", "alerts": alerts}).encode()
    return a_record(value=body, received=after(60 * minute))


def key(by: dict[str, str]) -> GroupKey:
    return GroupKey(ReceiverName("default"), ("{}",), tuple(sorted(by.items())))


def shown(site: Site, by: dict[str, str]) -> tuple[bool, ShownState]:
    """Whether the alert fires in that group, and what was shown of it."""
    alert = site.group(key(by)).alerts[A]
    return alert.shown_firing, alert.last_shown.state


@pytest.fixture
async def old(worker: Worker) -> None:
    """The alert fires in the group by its name."""
    await worker.take(a_sent(an_alert(), by=BY_NAME))


async def test_the_old_group_ends_and_the_new_one_fires(site: Site, worker: Worker, old: None) -> None:
    await worker.take(a_sent(an_alert(), by=BY_CLUSTER, minute=1))

    assert shown(site, BY_NAME) == (False, ShownState.REROUTED)
    assert shown(site, BY_CLUSTER) == (True, ShownState.NOTHING)


async def test_both_keep_it_where_two_routes_of_the_sender_send_it(site: Site, worker: Worker, old: None) -> None:
    await worker.take(a_sent(an_alert(), by=BY_CLUSTER, route='{}/{cluster="eu"}', minute=1))

    assert shown(site, BY_NAME)[0]
    assert shown(site, BY_CLUSTER)[0]


async def test_an_end_in_one_of_them_ends_both(site: Site, worker: Worker, old: None) -> None:
    await worker.take(a_sent(an_alert(), by=BY_CLUSTER, route='{}/{cluster="eu"}', minute=1))
    await worker.take(a_sent(a_resolve(ended=after(90)), by=BY_CLUSTER, route='{}/{cluster="eu"}', minute=2))

    assert not shown(site, BY_NAME)[0]
    assert not shown(site, BY_CLUSTER)[0]


async def test_an_old_sender_that_still_groups_as_before_does_not_move_it_back_and_forth(
    site: Site, worker: Worker, old: None
) -> None:
    """Of a pair the second is reloaded later: it is shown in both until it ends, never a new message a body."""
    site.pass_time(180)
    await worker.take(a_sent(an_alert(), by=BY_CLUSTER, minute=1), a_sent(an_alert(), by=BY_NAME, minute=2))
    await worker.take(a_sent(an_alert(), by=BY_CLUSTER, minute=3))

    assert shown(site, BY_NAME)[0]
    assert shown(site, BY_CLUSTER)[0]


async def test_one_batch_is_as_good_as_three(site: Site, worker: Worker) -> None:
    """What is behind comes in large batches; an end must find the group that the same batch has made."""
    await worker.take(
        a_sent(an_alert(), by=BY_NAME),
        a_sent(an_alert(), by=BY_CLUSTER, route='{}/{cluster="eu"}', minute=1),
        a_sent(a_resolve(ended=after(90)), by=BY_CLUSTER, route='{}/{cluster="eu"}', minute=2),
    )

    assert not shown(site, BY_NAME)[0]
    assert not shown(site, BY_CLUSTER)[0]


async def test_alerts_of_one_old_group_may_leave_for_several(site: Site, worker: Worker) -> None:
    await worker.take(a_sent(an_alert("A", cluster="eu"), an_alert("A", cluster="us"), by=BY_NAME))
    us = {"alertname": "A", "cluster": "us"}
    await worker.take(
        a_sent(an_alert("A", cluster="eu"), by=BY_CLUSTER, minute=1),
        a_sent(an_alert("A", cluster="us"), by=us, minute=1),
    )

    assert site.group(key(BY_NAME)).firing == 0
    assert site.group(key(BY_CLUSTER)).firing == site.group(key(us)).firing == 1


@pytest.mark.parametrize(("left", "is_still_due"), [("B", True), ("A", False)])
async def test_a_reply_that_is_due_in_the_old_group_is_still_made_about_what_stays_there(
    site: Site, worker: Worker, left: str, is_still_due: bool
) -> None:
    await worker.take(a_sent(an_alert("A"), an_alert("B"), by=BY_NAME))
    await worker.settle_down()
    shown = site.group(key(BY_NAME))
    alerts = {**shown.alerts, A: replace(shown.alerts[A], unreplied=ShownState.FIRING)}
    reply = PendingReply(Op.REPLY_THREAD, Reason.NEW_ALERTS)
    site.store.tenants[ACME].groups[shown.key.group_id] = replace(shown, alerts=alerts, pending_reply=reply)

    await worker.take(a_sent(an_alert(left), by={"alertname": left, "cluster": "eu"}, minute=1))

    assert site.group(key(BY_NAME)).alerts[id_of(left)].last_shown.state is ShownState.REROUTED
    assert (site.group(key(BY_NAME)).pending_reply is not None) is is_still_due


async def test_a_group_that_moves_on_while_it_is_read_whole_for_its_reply_is_looked_at_again(
    site: Site, worker: Worker, old: None
) -> None:
    await worker.settle_down()
    shown, other = site.group(key(BY_NAME)), await a_worker(site)
    reply = PendingReply(Op.REPLY_THREAD, Reason.NEW_ALERTS)
    site.store.tenants[ACME].groups[shown.key.group_id] = replace(shown, pending_reply=reply)
    meanwhile = a_sent(a_resolve("A", ended=after(30)), an_alert("B"), by=BY_NAME, minute=0.5)
    site.groups.faults.just_before("load", partial(other.take, meanwhile))

    await worker.take(a_sent(an_alert(), by=BY_CLUSTER, minute=1))

    assert site.group(key(BY_NAME)).firing == 1
    assert shown_states(site) == {A: False, id_of("B"): True}


def shown_states(site: Site) -> dict[AlertId, bool]:
    """Which alerts fire in the group by name."""
    return {alert_id: alert.shown_firing for alert_id, alert in site.group(key(BY_NAME)).alerts.items()}


async def test_the_books_balance_and_nothing_is_accepted_twice(site: Site, worker: Worker, old: None) -> None:
    await worker.take(a_sent(an_alert(), by=BY_CLUSTER, minute=1))
    await worker.take(a_sent(a_resolve(ended=after(90)), by=BY_CLUSTER, minute=2))

    books = await site.books.read(ACME)
    outcomes = ("notified", "superseded", "suppressed:rerouted", "pending")
    assert books["changes"] == sum(books.get(name, 0) for name in outcomes)
    assert books["accepted"] == 3


async def test_a_group_that_others_change_meanwhile_is_looked_at_again(site: Site, worker: Worker, old: None) -> None:
    other = await a_worker(site)
    meanwhile = a_sent(an_alert("B"), by=BY_NAME, minute=0.5)
    site.groups.faults.just_before("apply", partial(other.take, meanwhile))

    await worker.take(a_sent(an_alert(), by=BY_CLUSTER, minute=1))

    assert shown(site, BY_NAME) == (False, ShownState.REROUTED)
    assert site.group(key(BY_NAME)).firing == 1


async def test_an_alert_that_cannot_leave_is_held(site: Site, worker: Worker, old: None) -> None:
    other = await a_worker(site)
    for number in range(20 * STEP_ATTEMPTS):
        meanwhile = a_sent(an_alert(f"B{number}"), by=BY_NAME, minute=0.5)
        site.groups.faults.just_before("apply", partial(other.take, meanwhile))
        site.groups.faults.just_before("apply", lambda: None)

    await worker.take(a_sent(an_alert(), by=BY_CLUSTER, minute=1))

    assert [reason for reason, _ in site.held] == ["unavailable"]


async def test_a_configuration_that_changes_meanwhile_is_routed_by(site: Site, worker: Worker, old: None) -> None:
    site.groups.faults.just_before("apply", lambda: site.tenants.publish(ACME, ELSEWHERE))

    await worker.take(a_sent(an_alert(), by=BY_CLUSTER, minute=1))

    moved = GroupKey(ReceiverName("elsewhere"), ("{}", '{alertname=~".+"}'), tuple(sorted(BY_CLUSTER.items())))
    assert site.group(moved).firing == 1


async def test_of_a_tenant_without_its_data_it_is_held(site: Site, worker: Worker, old: None) -> None:
    site.store.tenants[ACME].epoch = False

    await worker.take(a_sent(an_alert(), by=BY_CLUSTER, minute=1))

    assert [reason for reason, _ in site.held] == ["data_lost"]


async def test_an_old_group_that_cannot_be_read_stays_as_it_is(site: Site, worker: Worker, old: None) -> None:
    site.store.garble(ACME, key(BY_NAME).group_id)

    await worker.take(a_sent(an_alert(), by=BY_CLUSTER, minute=1))

    assert shown(site, BY_CLUSTER) == (True, ShownState.NOTHING)


@pytest.mark.parametrize("request_number", range(1, 13))
async def test_an_outage_at_any_moment_is_repaired_by_the_same_record(
    site: Site, worker: Worker, old: None, request_number: int
) -> None:
    record, asked = a_sent(an_alert(), by=BY_CLUSTER, minute=1), count(1)
    site.store.faults.strike = lambda _: Fault.REFUSED if next(asked) == request_number else None
    with suppress(UnavailableError):
        await worker.take(record)
    site.store.faults.strike = None

    await worker.take(record)

    assert shown(site, BY_NAME) == (False, ShownState.REROUTED)
    assert shown(site, BY_CLUSTER) == (True, ShownState.NOTHING)
    assert site.group(key(BY_CLUSTER)).pending == 1
