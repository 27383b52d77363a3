"""A person is erased over HTTP: planned, begun by the plan's digest, done by workers, looked up, certified once."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from router.adapters.redis.groups import GroupStore
from router.adapters.redis.subjects import SubjectRepository
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.turns import RedisTurns
from router.control import subject_requests
from router.control.access.permissions import Permission
from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import Span
from router.core.model.phase import Idle
from router.observe.metrics import Metrics
from router.ports.pools import ONE_POOL
from router.roles.hiding import Hiding
from router.roles.just_stored import JustStored
from router.roles.pools import OwnTenants
from router.roles.tenants import ActiveTenants
from router.roles.transitions import Transitions
from tests.adapters.builders import ACME, a_content, an_alert_state, idle, store, waiting, write
from tests.api.serving import OPERATOR, Answered, Asking, asking
from tests.api.test_subjects import ERASURES, EVE, PATH, PERSONAL, WHO, actions, plan
from tests.issuer import Issuer
from tests.record_at import RecordAt
from tests.redis_at import redis_at

SHOWN = MessageRef("C1", "1.000001")


@dataclass
class Desk:
    """A tenant with a group about Eve that is shown, and a worker beside the API."""

    api: Asking
    groups: GroupStore

    async def hidden(self) -> None:
        """A worker has looked."""
        redis = self.api.redis
        tenants = ActiveTenants(TenantRepository(redis))
        await tenants.load()
        metrics = Metrics(CollectorRegistry())
        transitions = Transitions(self.groups, RedisTurns(redis), JustStored(), lambda _: None, metrics)
        own = OwnTenants(tenants, ONE_POOL)
        await Hiding(own, SubjectRepository(redis), self.groups, transitions, redis).look()

    async def edited(self) -> None:
        """Workers have edited the messages."""
        groups = [one async for one in self.groups.everything(ACME)]
        await store(self.groups, [write(one, replace(one, refresh_due=False, phase=Idle())) for one in groups])

    async def begun(self, digest: str = "", **headers: str) -> Answered:
        digest = digest or (await plan(self.api)).json["plan"]
        return await self.api.ask(WHO, "POST", ERASURES, {"value": EVE, "plan": digest}, **headers)

    async def certified(self, erasure: str, **body: Any) -> Answered:
        return await self.api.ask(WHO, "POST", f"{ERASURES}/{erasure}/certify", body)

    async def standing(self, erasure: str) -> Any:
        return (await self.api.ask(WHO, "GET", f"{ERASURES}/{erasure}")).json


@pytest.fixture
async def desk(api: Asking) -> Desk:
    await api.apply(OPERATOR, "acme", PERSONAL)
    await api.in_force()
    groups, one = GroupStore(api.redis), idle(waiting("A"), message=SHOWN, firing=1)
    alerts = {AlertId("a"): an_alert_state(content=a_content(alertname="A", user=EVE))}
    await store(groups, [write(AlertGroup(one.key), replace(one, alerts=alerts))])
    return Desk(api, groups)


@pytest.fixture(autouse=True)
def _spread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists have spread at once."""
    monkeypatch.setattr(subject_requests, "SPREADS", Span(0))


async def test_a_person_is_erased_by_workers_and_certified_without_the_value(desk: Desk) -> None:
    begun = await desk.begun()
    assert (begun.status, begun.json["steps"]["alert_groups"], begun.json["alert_groups"]) == (202, "open", 1)
    erasure = begun.json["erasure"]
    early = await desk.certified(erasure)
    assert (early.status, early.problem) == (409, "erasure-open")
    assert "alert_groups" in early.json["detail"]

    await desk.hidden()
    assert (await desk.standing(erasure))["steps"] == {
        "list": "done", "alert_groups": "done", "messages": "open", "group_keys": "done", "certify": "open"
    }  # fmt: skip
    await desk.edited()
    done = await desk.certified(erasure)

    assert set(done.json["steps"].values()) == {"done"}
    assert (done.json["hidden"], done.json["messages"], done.json["mark"]) == (1, 1, f"erased-{erasure}")
    assert any(one["kind"] == "Kafka:kafka.inbound_topic" and one["until"] for one in done.json["left"])
    assert EVE not in repr([one async for one in desk.groups.everything(ACME)])
    assert await actions(desk.api) == [
        ("subject.erased", WHO, "done"), ("subject.erase", WHO, "done"), ("subject.plan", WHO, "done")
    ]  # fmt: skip
    assert (await desk.certified(erasure)).json["ended_at"] == done.json["ended_at"]
    assert [one[0] for one in await actions(desk.api)].count("subject.erased") == 1


async def test_what_is_not_as_it_was_planned_is_not_begun(desk: Desk) -> None:
    stale = (await plan(desk.api)).json["plan"]
    one = waiting("B")
    alerts = {AlertId("a"): an_alert_state(content=a_content(alertname="B", user=EVE))}
    await store(desk.groups, [write(AlertGroup(one.key), replace(one, alerts=alerts))])

    answer = await desk.begun(stale)

    assert (answer.status, answer.problem) == (412, "changed-meanwhile")
    assert (await desk.api.ask(WHO, "GET", ERASURES)).json["items"] == []
    assert "subject.erase" not in [one[0] for one in await actions(desk.api)]


async def test_whoever_asks_again_goes_on_with_the_erasure_that_is_open(desk: Desk) -> None:
    digest = (await plan(desk.api)).json["plan"]
    first, same = [await desk.begun(digest, Idempotency_Key="once") for _ in range(2)]
    await desk.hidden()
    again = await desk.begun(digest)

    assert first.json == same.json
    assert (again.status, again.json["erasure"]) == (202, first.json["erasure"])
    assert [one[0] for one in await actions(desk.api)].count("subject.erase") == 2
    assert len((await desk.api.ask(WHO, "GET", ERASURES)).json["items"]) == 1


async def test_a_message_that_slack_edits_no_more_stays_only_where_that_is_asked_for(desk: Desk) -> None:
    erasure = (await desk.begun()).json["erasure"]
    await desk.hidden()
    groups = [one async for one in desk.groups.everything(ACME)]
    stuck = [replace(one, refresh_due=False, phase=Idle(), takes_no_edits=True) for one in groups]
    await store(desk.groups, [write(*pair) for pair in zip(groups, stuck, strict=True)])

    refused = await desk.certified(erasure)
    assert refused.problem == "erasure-open"
    assert (await desk.standing(erasure))["stuck"] == [{"channel": "C1", "ts": "1.000001"}]
    assert (await desk.certified(erasure, leave_messages=True)).status == 200


async def test_nothing_is_certified_before_all_workers_have_the_list(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject_requests, "SPREADS", Span(3_600_000_000))
    erasure = (await desk.begun()).json["erasure"]
    await desk.hidden()
    await desk.edited()
    assert (await desk.certified(erasure)).json["detail"] == "it was begun a moment ago; ask again"


@pytest.mark.parametrize("who", ["editor@acme", "auditor@all"])
async def test_whoever_may_not_erases_nobody_and_certifies_nothing(desk: Desk, who: str) -> None:
    digest = (await plan(desk.api)).json["plan"]
    for path, body in ((ERASURES, {"value": EVE, "plan": digest}), (f"{ERASURES}/00000000/certify", {})):
        assert (await desk.api.ask(who, "POST", path, body)).problem == "not-allowed"
    assert (await desk.api.ask(WHO, "GET", ERASURES)).json["items"] == []


async def test_an_erasure_that_is_not_there_is_not_certified(desk: Desk) -> None:
    assert (await desk.certified("00000000")).problem == "unknown-erasure"
    assert (await desk.api.ask(WHO, "POST", PATH.replace("subjects", "erasures"), {"value": EVE})).status == 400


async def test_where_it_takes_a_second_person_nobody_erases_by_the_api(
    record: RecordAt, emptied: str, issuer: Issuer
) -> None:
    redis = redis_at(emptied)
    async with asking(record, redis, issuer, Permission.ERASURE_WRITE) as api:
        await api.apply(OPERATOR, "acme", PERSONAL)
        await api.in_force()
        digest = (await plan(api)).json["plan"]
        answer = await api.ask(WHO, "POST", ERASURES, {"value": EVE, "plan": digest})
        assert (answer.status, answer.problem) == (403, "not-allowed")
        assert "needs_approval" in answer.text
    await redis.close()
