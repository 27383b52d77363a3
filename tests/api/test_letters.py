"""Dead letters over HTTP: a tenant has its own, the operator all, and what comes again is audited and comes once."""

from typing import Any

import pytest
from alert_router_local.process import HOST, free_port

from router.api.letters import MAX_REDRIVEN
from router.app.clocks import wall_clock
from router.core.model.instant import HOUR, Instant
from router.settings import KafkaSettings
from tests.api.letters import ACME, ALL, GLOBEX, PATH, WHO, Desk
from tests.api.serving import OPERATOR, Asking, asking
from tests.bounds import tries
from tests.config.samples import SMALL
from tests.issuer import Issuer
from tests.record_at import RecordAt
from tests.redis_at import redis_at


@pytest.mark.long
async def test_a_tenant_has_its_own_a_page_at_a_time_and_the_operator_those_of_all_and_of_nobody(desk: Desk) -> None:
    own = [await desk.aside(ACME, offset) for offset in range(3)]
    others = await desk.aside(GLOBEX, 3)
    nobodys = await desk.aside(None, 4, "unknown_tenant", headers=(("tenant", b"acme"),))

    assert await desk.listed(query="limit=1") == own[::-1]
    assert await desk.listed("responder@globex", "/tenants/globex/dead-letters") == [others]
    assert await desk.listed(OPERATOR, ALL, "limit=2") == [nobodys, others, *own[::-1]]
    assert await desk.listed(OPERATOR, ALL, "reason=unknown_tenant") == [nobodys]
    assert (await desk.listed(query="until=2001-01-01T00:00:00Z"), await desk.listed(query="reason=x")) == ([], [])


async def test_a_letter_is_shown_and_anothers_is_as_one_that_there_is_not(desk: Desk) -> None:
    own, others = await desk.aside(ACME, 0), await desk.aside(GLOBEX, 1)
    nobodys = await desk.aside(None, 2, "unknown_tenant", headers=(("tenant", b"acme"),))

    shown = await desk.api.ask(WHO, "GET", f"{PATH}/{own}")
    assert (shown.json["id"], shown.json["reason"], shown.json["bytes"]) == (own, "not_json", 1)
    for absent in (others, nobodys, "%00"):
        answer = await desk.api.ask(WHO, "GET", f"{PATH}/{absent}")
        assert (absent, answer.status, answer.problem) == (absent, 404, "unknown-dead-letter")
        assert set(answer.json) == {"type", "title", "status", "detail"}
    hostile = [others, nobodys, "absent", f"{own}x", "\0", "../x", "é' or 1=1", "x" * 400]
    assert await desk.redrive(hostile) == dict.fromkeys(hostile, "not_there")
    assert (await desk.api.ask(WHO, "GET", f"{PATH}/{'x' * 401}")).status == 400
    assert (await desk.api.ask(OPERATOR, "GET", f"{ALL}/{others}")).json["tenant"] == "globex"
    assert (await desk.api.ask(WHO, "GET", f"{ALL}/{own}")).problem == "not-allowed"


async def test_what_is_redriven_is_appended_once_and_audited_and_nothing_else_is(desk: Desk) -> None:
    own, old = await desk.aside(ACME, 0), await desk.aside(ACME, 1, timestamp=Instant(wall_clock() - 25 * HOUR))
    others = await desk.aside(GLOBEX, 2)

    first = await desk.redrive([own, old, others, "absent"])
    second = await desk.redrive([own])
    forced = await desk.api.ask(WHO, "POST", f"{PATH}/redrive", {"ids": [own], "force": True})

    assert first == {own: "redriven", old: "too_old", others: "not_there", "absent": "not_there"}
    assert second == {own: "already_redriven"}
    assert forced.json["items"][0]["outcome"] == "redriven"
    assert (await desk.appended(), await desk.noted()) == (2, [(f"dead-letter/{own}", "done")] * 2)
    assert (await desk.api.ask("auditor@acme", "POST", f"{PATH}/redrive", {"ids": [own]})).problem == "not-allowed"


@pytest.mark.parametrize(("who", "path"), [(WHO, PATH), (OPERATOR, ALL)])
async def test_the_same_request_twice_appends_once(desk: Desk, who: str, path: str) -> None:
    ids = [await desk.aside(ACME, offset) for offset in range(2)]

    answers = [await desk.redrive(ids, who, path, Idempotency_Key="again") for _ in range(2)]

    assert answers == [dict.fromkeys(ids, "redriven")] * 2
    assert await desk.appended() == 2


@tries("dead letters that are redriven by one request")
async def test_so_many_are_redriven_by_one_request(desk: Desk, beyond: int) -> None:
    ids = [f"absent-{number}" for number in range(MAX_REDRIVEN + beyond)]
    answer = await desk.api.ask(WHO, "POST", f"{PATH}/redrive", {"ids": ids})
    assert answer.status == (400 if beyond > 0 else 200)


async def test_a_request_that_names_no_letters_is_refused_and_a_cursor_of_nothing(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    bodies: list[dict[str, Any]] = [
        {},
        {"ids": []},
        {"ids": [""]},
        {"ids": ["x" * 401]},
        {"ids": [1]},
        {"ids": ["\ud800"]},
    ]
    for body in bodies:
        answer = await api.ask(WHO, "POST", f"{PATH}/redrive", body)
        assert (body, answer.problem) == (body, "invalid-request")
    for cursor in ("bm8", "MTIz", "LTEgeA", "MTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAgeA", "%F0"):
        answer = await api.ask(WHO, "GET", f"{PATH}?cursor={cursor}")
        assert (cursor, answer.status, answer.problem) == (cursor, 400, "invalid-cursor")
    for query in ("since=yesterday", "until=x"):
        assert (await api.ask(WHO, "GET", f"{PATH}?{query}")).problem == "invalid-document"


async def test_while_kafka_is_away_the_answer_says_so_and_the_rest_of_the_api_answers(
    record: RecordAt, emptied: str, issuer: Issuer
) -> None:
    redis, nowhere = redis_at(emptied), KafkaSettings(bootstrap_servers=f"{HOST}:{free_port()}")
    async with asking(record, redis, issuer, kafka=nowhere) as api:
        await api.apply(OPERATOR, "acme", SMALL)
        for method, path, body in (
            ("GET", PATH, None), ("GET", f"{PATH}/x", None), ("POST", f"{PATH}/redrive", {"ids": ["x"]})
        ):  # fmt: skip
            answer = await api.ask(WHO, method, path, body)
            assert (answer.status, answer.problem) == (503, "unavailable")
            assert int(answer.headers["Retry-After"]) > 0
            assert "Kafka" in answer.json["errors"][0]["remedy"]
        assert (await api.ask(WHO, "GET", "/tenants/acme")).status == 200
    await redis.close()


async def test_without_a_kafka_the_setting_is_named(api: Asking) -> None:
    answer = await api.ask(OPERATOR, "GET", ALL)
    assert (answer.status, answer.problem) == (503, "kafka-not-configured")
    assert "ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS" in answer.json["detail"]
