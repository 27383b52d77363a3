"""Which live messages a new routing tree would move; what moves is decided, and tested, in the core."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from router.config.compile.tenant import compile_tenant
from router.config.read import read_document
from router.control.change import count_moving
from router.core.model.alert import AlertId, TenantId
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.rules.tenant import Tenant
from tests.adapters.builders import a_content, an_alert_state, idle, waiting
from tests.config.samples import SMALL, changed

PLACE = MessageRef("C1", "1.000001")


def tenant(text: str = SMALL) -> Tenant:
    return compile_tenant(read_document(text, "acme"), 2)


def shown(**labels: str) -> AlertGroup:
    """A message that the small sample's root made of one alert, grouped by its name."""
    stored = waiting("A", message=PLACE)
    alert = replace(an_alert_state(), content=a_content(**labels))
    return replace(stored, key=replace(stored.key, group=(("alertname", "A"),)), alerts={AlertId("A"): alert})


@dataclass
class Kept:
    stored: list[AlertGroup]

    async def everything(self, tenant: TenantId) -> AsyncIterator[AlertGroup]:
        for one in self.stored:
            yield one

    async def unread(self, tenant: TenantId) -> int:
        return 0


async def test_only_what_slack_shows_and_is_not_over_is_counted() -> None:
    rules = tenant(changed('a="b"', 'a="c"'))
    live = shown(a="c")
    kept = Kept([live, shown(a="d"), replace(live, message=None), idle(live, firing=0), idle(live, firing=1)])

    assert await count_moving(kept, rules) == 2
