"""Whether a process takes work is known at the time it is asked, by whatever page."""

import json

from fastapi import APIRouter, Response
from fastapi.routing import APIRoute
from prometheus_client import CollectorRegistry

from router.errors import UnavailableError
from router.http.operations import MAX_NAMED, operations
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from tests.bounds import tries


async def get(router: APIRouter, path: str) -> Response:
    [route] = [one for one in router.routes if isinstance(one, APIRoute) and one.path == path]
    answer = await route.endpoint()
    assert isinstance(answer, Response)
    return answer


async def test_the_metric_of_readiness_is_computed_when_it_is_read() -> None:
    up = {"kafka": False}

    async def reached() -> bool:
        return up["kafka"]

    router = operations({"kafka": reached}, Metrics(CollectorRegistry()))
    for now in (False, True, False):
        up["kafka"] = now
        assert f"alert_router_ready {float(now)}".encode() in (await get(router, "/metrics")).body
    assert (await get(router, "/ready")).status_code == 503


async def test_what_one_engine_does_not_answer_keeps_nothing_else_off_the_page() -> None:
    metrics = Metrics(CollectorRegistry())

    async def away() -> None:
        raise UnavailableError("away")

    async def looks() -> None:
        metrics.lanes.longest.labels("post").set(7)

    metrics.looks += [away, looks]

    page = (await get(operations({}, metrics), "/metrics")).body
    assert b'alert_router_longest_lane_groups{method="post"} 7.0' in page


async def test_a_process_that_opens_while_it_is_asked_answers_as_it_was() -> None:
    async def opens() -> bool:
        checks.clear()
        checks.update(kafka=opens, redis=opens, data=opens)
        return False

    checks = {"redis": opens, "partitions": opens}
    answer = await get(operations(checks, Metrics(CollectorRegistry())), "/ready")

    assert (answer.status_code, json.loads(bytes(answer.body))["checks"]) == (
        503,
        {"redis": False, "partitions": False},
    )


@tries("tenants that `/ready` names as held")
async def test_tenants_that_are_held_are_named_and_the_process_is_ready_all_the_same(beyond: int) -> None:
    metrics = Metrics(CollectorRegistry())
    for number in range(MAX_NAMED + beyond):
        metrics.problems.begin(f"t{number:04}", TenantProblem.RECORDS_HELD, why="data_lost")
    metrics.problems.begin("other", TenantProblem.TOKEN_DEAD)

    answer = await get(operations({}, metrics), "/ready")

    assert answer.status_code == 200
    document = json.loads(bytes(answer.body))
    assert document["held"] == {f"t{number:04}": "data_lost" for number in range(min(MAX_NAMED, MAX_NAMED + beyond))}
    assert document.get("held_besides", 0) == max(0, beyond)


async def test_who_is_well_again_is_named_no_longer() -> None:
    metrics = Metrics(CollectorRegistry())
    metrics.problems.begin("acme", TenantProblem.RECORDS_HELD, why="data_lost")
    metrics.problems.begin("acme", TenantProblem.RECORDS_HELD, why="unavailable")
    assert b'"held":{"acme":"unavailable"}' in bytes((await get(operations({}, metrics), "/ready")).body)

    metrics.problems.end("acme", TenantProblem.RECORDS_HELD)

    assert b"held" not in bytes((await get(operations({}, metrics), "/ready")).body)


async def test_tenants_in_trouble_are_named_by_the_reason_and_the_process_is_ready() -> None:
    metrics = Metrics(CollectorRegistry())
    for number in range(MAX_NAMED + 1):
        metrics.problems.begin(f"t{number:04}", TenantProblem.STARVED)
    metrics.problems.begin("acme", TenantProblem.CHANNEL_DEAD, "#alerts")
    metrics.problems.begin("acme", TenantProblem.CHANNEL_DEAD, "#storage")

    answer = await get(operations({}, metrics), "/ready")

    assert answer.status_code == 200
    document = json.loads(bytes(answer.body))
    assert document["troubled"]["channel_dead"] == ["acme"]
    assert len(document["troubled"]["starved"]) == MAX_NAMED
    assert document["troubled_besides"] == {"starved": 1}
    assert metrics.registry.get_sample_value("alert_router_problems", {"reason": "channel_dead"}) == 2
    assert metrics.registry.get_sample_value("alert_router_problems", {"reason": "token_dead"}) == 0
