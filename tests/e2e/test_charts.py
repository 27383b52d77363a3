"""Charts through the whole system, of what a real Prometheus answers; without it messages go as ever."""

import json
import time
from pathlib import Path
from typing import Any, Final

import pytest

from router.core.model.instant import Instant
from tests.e2e.system import System, Tenant
from tests.e2e.tenants import document
from tests.e2e.test_tenants import apply
from tests.e2e.webhooks import firing, resolved
from tests.prometheus.incidents import RULES, history
from tests.prometheus.server import prometheus
from tests.prometheus.test_incidents import listening
from tests.waiting import eventually

LIMITS: Final = {"DiskFilling": 90, "ErrorRatio": 5, "LatencyHigh": 0.5, "QueueGrowing": 100}
"""Of those that are drawn with a flat line, as their charts have them: of ratios as percentages."""
ENDS: Final = {"DiskFilling": (71, 96), "ErrorRatio": (1, 20), "LatencyHigh": (0.42, 1), "QueueGrowing": (10, 410)}
"""Where the line of each begins and ends."""
UNDRAWN: Final = "ExporterAbsent"
UNDRAWN_CALLS: Final = [[("chat.postMessage", False)]]
DRAWN_CALLS: Final = [[("chat.postMessage", True)], [("chat.postMessage", False), ("chat.update", True)]]
"""The first message has the chart, or one edit brings it."""


def has_chart(call: dict[str, Any]) -> bool:
    """Whether a call to Slack shows one."""
    return "data_visualization" in json.dumps(call["args"])


def lines(chart: dict[str, Any]) -> list[list[float]]:
    """The values of each line of a chart."""
    return [[point["value"] for point in line["data"]] for line in chart["chart"]["series"]]


async def charts(tenant: Tenant) -> dict[str, Any]:
    """The chart of each alert's message, by the alert's name."""
    names = (*LIMITS, "ReplicasMissing", UNDRAWN)
    return {
        next(name for name in names if name in message.text): block
        for message in await tenant.messages()
        for block in message.blocks
        if block["type"] == "data_visualization"
    }


@pytest.mark.long
@pytest.mark.timeout(120)
async def test_each_incident_has_the_right_line_and_limit_or_honestly_none(fast: System, tmp_path: Path) -> None:
    now = Instant(time.time_ns() // 1_000)
    async with listening() as (address, alerts), prometheus(tmp_path, RULES, history(now), address) as server:
        await eventually(lambda: len(alerts) == len(LIMITS) + 2, within_s=20)
        async with fast.tenant("charted") as tenant:
            known = document("charted")
            known["platform"]["prometheus"] = {"url": server.url, "only": "all"}
            await apply(fast, tmp_path, known)
            for name, alert in alerts.items():
                own = {"labels": alert["labels"], "generatorURL": alert["generatorURL"]}
                await tenant.send({**firing(name), **own})

            async def drawn() -> dict[str, Any] | None:
                found = await charts(tenant)
                return found if found.keys() == {*LIMITS, "ReplicasMissing"} else None

            found = await eventually(drawn, within_s=30)

            await tenant.settled()
            calls = await tenant.calls("chat.postMessage", "chat.update")

    for name in (*LIMITS, "ReplicasMissing", UNDRAWN):
        made = [(one["method"], has_chart(one)) for one in calls if name in json.dumps(one["args"])]
        assert made in (UNDRAWN_CALLS if name == UNDRAWN else DRAWN_CALLS), (name, made)
    for name, limit in LIMITS.items():
        line, flat = lines(found[name])
        assert set(flat) == {limit}, found[name]
        first, last = ENDS[name]
        assert [line[0], line[-1]] == pytest.approx([first, last], abs=0.03 * (last - first)), found[name]
    wanted, available = lines(found["ReplicasMissing"])
    assert (set(wanted), available[0], available[-1]) == ({5}, 5, 2)


@pytest.mark.long
async def test_a_prometheus_that_is_not_there_keeps_no_message(fast: System, tmp_path: Path) -> None:
    async with fast.tenant("uncharted") as tenant:
        known = document("uncharted")
        known["platform"]["prometheus"] = {"url": "http://127.0.0.1:9", "only": "all"}
        await apply(fast, tmp_path, known)
        await tenant.send({**firing("DiskFilling"), "generatorURL": "http://p/graph?g0.expr=x+%3E+1"})
        await tenant.settled()

        assert len(await tenant.messages()) == 1
        assert await charts(tenant) == {}


@pytest.mark.long
async def test_a_workspace_that_folds_nothing_away_has_the_plain_list(fast: System) -> None:
    """Where it is taken, what has resolved of a long group is folded away; where it is not, it is listed as ever."""
    nodes = [f"node-{number}" for number in range(6)]
    for name, types in (("folds", []), ("unfolded", ["container"])):
        async with fast.tenant(name) as tenant:
            url = f"{fast.ready['slack']}/emulator/blocks/refused"
            async with fast.http.put(url, json={"team_id": tenant.team, "types": types}) as answer:
                assert answer.status == 200
            await tenant.send(*(firing("Down", node) for node in nodes))
            await tenant.settled()
            await tenant.send(*(resolved("Down", node) for node in nodes[1:]), firing("Down", nodes[0]))
            await tenant.settled()

            [message] = await tenant.messages()
            kinds = [block["type"] for block in message.blocks]
            assert ("container" in kinds) == (not types)
            shown = message.card + json.dumps(message.blocks)
            assert all(node in shown for node in nodes)
