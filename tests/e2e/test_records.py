"""Records that no gateway wrote: what cannot be read is set aside with its reason, and the rest goes on."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from tests.e2e.system import System
from tests.e2e.webhooks import body, firing, resolved
from tests.waiting import eventually

DEAD_LETTERS: Final = "alerts.dead-letter"
GREEN: Final = "#2EB67D"


async def test_bad_records_become_dead_letters_and_the_next_good_one_is_shown(fast: System) -> None:
    async with fast.tenant("records") as tenant:
        good = body(firing("Unharmed"))
        yesterday = (datetime.now(UTC) - timedelta(hours=25)).isoformat().encode()
        await tenant.append(good, ("case", b"tenant is null"), ("tenant", None))
        await tenant.append(good, ("case", b"tenant is not text"), ("tenant", b"\xff\xfe"))
        await tenant.append(good, ("case", b"two tenants"), ("tenant", b"records"), ("tenant", b"neighbour"))
        await tenant.append(good, ("case", b"nobody"), ("tenant", b"no-such-tenant"))
        await tenant.append(b"garbage", ("case", b"garbage"))
        await tenant.append(None, ("case", b"tombstone"))
        await tenant.append(b'{"version": "4"}', ("case", b"no webhook"))
        await tenant.append(good, ("case", b"yesterday"), ("observed_at", yesterday))
        await tenant.append(good, ("case", b"time is not text"), ("observed_at", b"\xff"))
        await tenant.append(
            good, ("x-null", None), ("x-binary", b"\xff\xfe\x00"), ("reply_to", b"alerts.inbound"), alerts=1
        )
        books = await tenant.settled()

        assert "Unharmed" in (await tenant.message()).text
        assert (books["accepted"], books["changes"], books["notified"]) == (1, 1, 1)
        letters = await eventually(lambda: dead_letters(fast, b"records", 9))
        reasons = {one["case"]: one["reason"] for one in letters}
        assert reasons == {
            "tenant is null": "tenant_missing",
            "tenant is not text": "bad_header",
            "two tenants": "bad_header",
            "nobody": "unknown_tenant",
            "garbage": "not_json",
            "tombstone": "not_json",
            "no webhook": "not_a_webhook",
            "yesterday": "too_old",
            "time is not text": "bad_header",
        }
        assert {one["stage"] for one in letters} == {"parse"}
        assert {one["origin_topic"] for one in letters} == {"alerts.inbound"}
        assert len({(one["origin_partition"], one["origin_offset"]) for one in letters}) == 9
        assert all(one["error"] and one["origin_timestamp"].isdecimal() for one in letters)


@pytest.mark.parametrize(("name", "ahead_s"), [("hasty", 3), ("early", 400)])
async def test_what_fired_by_a_clock_that_is_ahead_ends_at_once_by_another(
    fast: System, name: str, ahead_s: float
) -> None:
    async with fast.tenant(name) as tenant:
        ahead = (datetime.now(UTC) + timedelta(seconds=ahead_s)).isoformat().encode()
        await tenant.append(body(firing("Hasty")), ("received_at", ahead), alerts=1)
        await tenant.settled()

        await tenant.send(resolved("Hasty"))
        books = await tenant.settled()

        assert (await tenant.message()).color == GREEN
        assert (books["accepted"], books["notified"]) == (2, 2)
        letters = [readable(one) for one in await fast.kafka.records(DEAD_LETTERS)]
        assert [one for one in letters if one.get("tenant") == name] == []


async def test_a_bad_alert_in_a_good_body_goes_alone(fast: System) -> None:
    async with fast.tenant("spoiled") as tenant:
        nameless = {"status": "firing", "labels": {}, "annotations": {}}
        reply = await tenant.post(body(firing(), nameless, firing(instance="node-2")))
        assert (reply.status, reply.body) == (202, {"accepted": 2})
        tenant.sent = 2
        books = await tenant.settled()

        assert "2 firing" in (await tenant.message()).text
        assert (books["accepted"], books["notified"]) == (2, 2)
        [letter] = await eventually(lambda: bad_alerts_of(fast, "spoiled"))
        assert letter["stage"] == "parse"
        assert json.loads(letter["value"]) == nameless


async def dead_letters(system: System, key: bytes, count: int) -> list[dict[str, str]]:
    found = [readable(one) for one in await system.kafka.records(DEAD_LETTERS) if one.key == key]
    return found if len(found) >= count else []


async def bad_alerts_of(system: System, tenant: str) -> list[dict[str, str]]:
    every = [readable(one) for one in await system.kafka.records(DEAD_LETTERS)]
    return [one for one in every if one["reason"] == "bad_alert" and one["tenant"] == tenant]


def readable(record: Any) -> dict[str, str]:
    headers = {name: value.decode(errors="replace") for name, value in record.headers}
    return headers | {"value": (record.value or b"").decode(errors="replace")}
