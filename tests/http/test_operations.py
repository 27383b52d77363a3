"""Whether a process takes work is known at the time it is asked, by whatever page."""

from fastapi import APIRouter, Response
from fastapi.routing import APIRoute
from prometheus_client import CollectorRegistry

from router.http.operations import operations
from router.observe.metrics import Metrics


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
