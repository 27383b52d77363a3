"""A person is erased from live alerts and messages, and nothing that comes again brings the person back."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from router.adapters.environment import variable
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from tests.e2e.stored_bytes import found_in, values_in_redis
from tests.e2e.system import System, Tenant
from tests.e2e.webhooks import Alert, firing, resolved

KAFKA = {"alerts.inbound"}
NOTHING: Mapping[str, str] = {}


def about(person: str, pod: str = "zero") -> Alert:
    """An alert that names a person in what the tenant declares, and elsewhere."""
    return firing("Login", user=person, pod=pod) | {
        "annotations": {"summary": f"{person} cannot log in", "contact": f"ask {person}, or the desk"},
        "generatorURL": f"https://grafana.example/explore?user={person.replace('@', '%40')}",
    }


async def erased(
    tenant: Tenant, person: str, *options: str, code: int = 0, settings: Mapping[str, str] = NOTHING
) -> dict[str, Any]:
    done = await tenant.system.command("subject", "erase", tenant.name, person, "--json", *options, **settings)
    assert done.code == code, done
    found: dict[str, Any] = json.loads(done.out)
    return found


async def shown(tenant: Tenant) -> str:
    """All that its channel shows now, threads as well; not what the messages showed before."""
    roots = await tenant.messages()
    return repr([(one.text, one.card, one.blocks) for root in roots for one in (root, *root.replies)])


@pytest.mark.long
@pytest.mark.parametrize("name", ["persons", "persons-sealed"])
async def test_nothing_is_left_of_a_person_but_what_kafka_keeps(fast: System, name: str) -> None:
    person, other = f"eve.{name}@example.com", f"bob.{name}@example.com"
    async with fast.tenant(name) as tenant:
        await tenant.send(about(person, pod="one"), about(other, pod="two"))
        await tenant.settled()
        assert person in await shown(tenant)

        planned = await erased(tenant, person)
        assert (planned["alert_groups"], planned["messages"], planned["subject"]) == (1, 1, None)

        certified = await erased(tenant, person.upper(), "--yes")
        assert set(certified["steps"].values()) == {"done"}
        kept = {one["kind"].partition(":")[2] for one in certified["left"] if one["until"]}
        assert "kafka.inbound_topic" in kept

        assert await found_in(fast, person) <= KAFKA
        texts = await shown(tenant)
        assert person not in texts, texts
        mark = f"erased-{certified['subject']}"
        assert (other in texts, mark in texts) == (True, True)

        stored = await fast.kafka.records("alerts.inbound")
        record = next(one for one in stored if dict(one.headers).get("tenant") == name.encode())
        await fast.kafka.append(record.value, record.headers, record.key)
        await tenant.send(about(person, pod="three"))
        await tenant.settled()
        assert await found_in(fast, person) <= KAFKA
        texts = await shown(tenant)
        assert (person in texts, "three" in texts) == (False, True)

        await tenant.send(*(one | {"status": "resolved"} for one in ended(person, other)))
        await tenant.settled()
        assert [one.color for one in await tenant.messages()] == ["#2EB67D"]


def ended(person: str, other: str) -> list[Alert]:
    """The ends of all three."""
    pods = [(person, "one"), (other, "two"), (person, "three")]
    return [resolved("Login", user=user, pod=pod) for user, pod in pods]


@pytest.mark.long
async def test_a_group_that_is_known_by_the_person_is_left_for_one_that_is_not(fast: System) -> None:
    person = "eve.grouped@example.com"
    async with fast.tenant("persons-grouped") as tenant:
        await tenant.send(about(person))
        await tenant.settled()

        progress = await erased(tenant, person, "--yes", code=1)

        assert {step for step, state in progress["steps"].items() if state == "open"} == {"group_keys", "certify"}
        assert progress["known_by"] == 1
        await tenant.settled()
        assert person not in await shown(tenant)
        assert f"erased-{progress['subject']}" in await shown(tenant)
        held = [key async for key, value in values_in_redis(fast.redis) if person.encode() in value]
        assert {key.partition("}:")[2].partition(":")[0] for key in held} <= {"g"}
        assert await found_in(fast, person) <= KAFKA | {"redis g"}


@pytest.mark.long
async def test_a_message_that_is_not_edited_leaves_its_step_open(fast: System) -> None:
    person = "eve.refused@example.com"
    async with fast.tenant("persons-refused") as tenant:
        await tenant.send(about(person))
        await tenant.settled()
        await tenant.fault("service_unavailable", "chat.update", times=60)

        progress = await erased(tenant, person, "--yes", code=1)

        assert (progress["steps"]["alert_groups"], progress["steps"]["messages"]) == ("done", "open")
        [waiting] = progress["waiting"]
        assert waiting["ts"] in {one.ts for one in await tenant.messages()}


@pytest.mark.long
async def test_the_report_has_the_oldest_record_of_each_topic(fast: System) -> None:
    async with fast.tenant("persons-reported") as tenant:
        await tenant.send(firing())
        await tenant.settled()

    done = await fast.command("retention", "report", "--json")

    assert done.code == 0, done
    kinds = {one["place"]: one for one in json.loads(done.out)["kinds"]}
    assert kinds["alerts.inbound"]["standing"] == "in_time"
    assert kinds["{t}:silences"]["standing"] in {"nothing_there", "in_time"}
    assert 0 <= kinds["alerts.inbound"]["age_hours"] < 1


@pytest.mark.long
@pytest.mark.timeout(120)
async def test_messages_are_deleted_and_nothing_is_posted_again_until_something_changes(fast: System) -> None:
    person, other = "eve.deleted@example.com", "bob.deleted@example.com"
    async with fast.tenant("persons-deleted") as tenant:
        await tenant.send(about(person, pod="one"), about(other, pod="two"))
        await tenant.settled()
        [shown_first] = await tenant.messages()
        await tenant.fault("error", "chat.delete", error="cant_delete_message")

        refused = await erased(tenant, person, "--yes", "--delete-messages", code=1, settings=slack_of(tenant))
        assert {step for step, state in refused["steps"].items() if state == "open"} == {"messages", "certify"}
        assert [one["ts"] for one in refused["undeleted"]] == [shown_first.ts]
        assert person not in await shown(tenant)

        done = await erased(tenant, person, "--yes", "--delete-messages", settings=slack_of(tenant))
        assert [one["ts"] for one in done["deleted"]] == [shown_first.ts]
        assert set(done["steps"].values()) == {"done"}
        assert await tenant.messages() == []

        await tenant.send(about(person, pod="one"), about(other, pod="two"))
        await tenant.settled()
        assert await tenant.messages() == [], "nothing has changed"
        await tenant.send(about(person, pod="three"))
        await tenant.settled()
        [message] = await tenant.messages()
        assert (person in await shown(tenant), "3 firing" in message.text) == (False, True)


def slack_of(tenant: Tenant) -> dict[str, str]:
    """What a command needs to call Slack for a tenant."""
    token = variable(TenantId(tenant.name), SecretName("slack")).removeprefix("ALERT_ROUTER_")
    return {token: f"xoxb-emulated-{tenant.name}", "SLACK__BASE_URL": f"{tenant.system.ready['slack']}/api/"}
