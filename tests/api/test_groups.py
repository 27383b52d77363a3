"""Live alert groups over HTTP, as Redis has them."""

from dataclasses import replace

from router.adapters.redis.groups import GroupStore
from router.core.model.alert import AlertId, TenantId
from router.core.model.group import AlertGroup
from tests.adapters.builders import ACME, a_content, an_alert_state, store, waiting, write
from tests.api.serving import OPERATOR, Asking
from tests.config.samples import SMALL

PATH = "/tenants/acme/groups"


async def stored(api: Asking, *names: str, tenant: TenantId = ACME) -> None:
    content = {name: a_content(alertname=name) for name in names}
    groups = [
        replace(waiting(name), alerts={AlertId("a"): an_alert_state(content=one)}) for name, one in content.items()
    ]
    await store(GroupStore(api.redis), [write(AlertGroup(one.key), one, tenant=tenant) for one in groups])


async def test_groups_are_listed_a_page_at_a_time_found_by_matchers_and_shown_with_their_alerts(api: Asking) -> None:
    for tenant in ("acme", "globex"):
        await api.apply(OPERATOR, tenant, SMALL.replace("acme", tenant))
    await api.in_force()
    await stored(api, "A", "B", "C")
    await stored(api, "D", tenant=TenantId("globex"))

    async def names(query: str) -> set[str]:
        found = (await api.ask("viewer@acme", "GET", f"{PATH}{query}")).json
        rest = await names(f"?cursor={found['next']}") if "next" in found else set()
        return {one["group_labels"]["alertname"] for one in found["items"]} | rest

    assert (await names("?limit=2"), await names("?matcher=alertname%3D~%22A|B%22")) == (
        {"A", "B", "C"}, {"A", "B"}
    )  # fmt: skip
    key = waiting("A").key.group_id
    shown = (await api.ask("viewer@acme", "GET", f"{PATH}/{key}")).json
    assert (shown["phase"], shown["channel"], [one["status"] for one in shown["alerts"]]) == (
        "waiting", "#alerts", ["firing"]
    )  # fmt: skip
    others = await api.ask("viewer@acme", "GET", f"{PATH}/{waiting('D').key.group_id}")
    assert (others.status, others.problem) == (404, "unknown-group")
    assert (await api.ask("viewer@acme", "GET", f"{PATH}?matcher=%3D~")).status == 422
