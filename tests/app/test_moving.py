"""Which live messages a new routing tree no longer makes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from router.app.moving import count_moving, moves
from router.config.compiler import compile_tenant
from router.config.read import read_document
from router.core.alert import Fingerprint, TenantId
from router.core.notification import Notification, Place
from router.core.route import NotificationKey
from router.core.tenant import ReceiverName, Tenant
from tests.adapters.builders import a_content, an_alert_state, idle, waiting
from tests.config.samples import SMALL, changed

PLACE = Place("C1", "1.000001")


def tenant(text: str = SMALL) -> Tenant:
    return compile_tenant(read_document(text, "acme"), 2)


def shown(**labels: str) -> Notification:
    """A message that the small sample's root made of one alert, grouped by its name."""
    stored = waiting("A", place=PLACE)
    alert = replace(an_alert_state(), content=a_content(**labels))
    return replace(stored, key=replace(stored.key, group=(("alertname", "A"),)), alerts={Fingerprint("A"): alert})


@dataclass
class Kept:
    stored: list[Notification]

    async def everything(self, tenant: TenantId) -> AsyncIterator[Notification]:
        for one in self.stored:
            yield one


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        (SMALL, {"a": "c"}, False),
        (changed('a="b"', 'a="c"'), {"a": "c"}, True),
        (changed('a="b"', 'x="y"'), {"a": "c"}, False),
        (changed("receiver: oncall", "receiver: default"), {"a": "b"}, True),
        (changed("#alerts\"}}", "#alerts\", locale: fr}}"), {"a": "c"}, False),
        (changed("default\n  routes", "default\n  group_by: [alertname, a]\n  routes"), {"a": "c"}, True),
    ],
)  # fmt: skip
def test_a_message_moves_when_no_alert_of_it_leads_to_it_any_more(
    text: str, labels: dict[str, str], *, expected: bool
) -> None:
    assert moves(tenant(text), shown(**labels)) is expected


def test_a_group_as_sent_stays_what_it_was() -> None:
    by_cluster = replace(
        shown(a="c", cluster="eu"), key=NotificationKey(ReceiverName("default"), ("{}",), (("cluster", "eu"),))
    )
    assert not moves(tenant(), by_cluster)


def test_what_was_not_kept_of_the_labels_moves_nothing() -> None:
    beyond = replace(shown(), alerts={Fingerprint("A"): an_alert_state(content=None)})
    assert not moves(tenant(changed('a="b"', 'alertname="A"')), beyond)


async def test_only_what_slack_shows_and_is_not_over_is_counted() -> None:
    rules = tenant(changed('a="b"', 'a="c"'))
    live = shown(a="c")
    kept = Kept([live, shown(a="d"), replace(live, place=None), idle(live, firing=0), idle(live, firing=1)])

    assert await count_moving(kept, rules) == 2
