"""A tenant's own templates in the running system: seen in the channel, and in nobody's way when they fail."""

import json

from tests.e2e.system import System
from tests.e2e.test_operations import metrics
from tests.e2e.webhooks import firing

FAILED = 'alert_router_template_failures_total{part="alert"}'


async def test_an_alert_arrives_also_where_the_tenants_template_fails(fast: System) -> None:
    async with fast.tenant("own-words") as tenant:
        before = await metrics(fast)
        await tenant.send(firing(), firing(instance="node-2", boom="yes"))
        await tenant.settled()

        message = await tenant.message()
        [call] = await tenant.calls("chat.postMessage")
        shown = json.dumps(call)
        assert message.text == "<!here> Ours: DiskFull &lt;!channel&gt;"
        assert "Our node-1" in shown
        assert "Our node-2" not in shown
        assert "`instance=node-2`" in shown

        assert (await metrics(fast))[FAILED] > before.get(FAILED, 0)
        failures = [line for line in fast.log_lines() if line["event"] == "template_failed"]
        assert [(line["tenant"], line["part"], line["error_type"]) for line in failures] == [
            ("own-words", "alert", "UnusableError")
        ]
