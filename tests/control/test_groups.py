"""Live alert groups as a person may read them: page by page, by what may be read of their labels."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from router.config import stored
from router.control.group_json import MAX_ALERTS, group_json, whole_json
from router.control.groups import MAX_EXAMINED, GroupsPage, LiveGroups
from router.core.match.matcher import parse_matchers
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import to_rfc3339
from router.core.model.key import GroupId
from router.errors import OperationError
from router.ports.state import Loaded, UnknownForm
from tests.adapters.builders import ACME, NOON, a_content, an_alert_state, idle, parked, waiting
from tests.bounds import tries
from tests.control.explain.test_live import TEXT
from tests.control.fakes import FakeVersions, content


class Groups:
    """Groups by their ids."""

    def __init__(self, groups: Sequence[AlertGroup]) -> None:
        self.stored: dict[GroupId, Loaded] = {one.key.group_id: one for one in groups}

    async def ids(self, tenant: TenantId, after: GroupId, count: int) -> list[GroupId]:
        return sorted(one for one in self.stored if one > after)[:count]

    async def load(self, tenant: TenantId, ids: Sequence[GroupId]) -> list[Loaded | None]:
        return [self.stored.get(one) for one in ids]


async def live(*groups: AlertGroup) -> LiveGroups:
    versions = FakeVersions()
    await versions.publish(ACME, stored.dump(content(TEXT).document, TEXT))
    return LiveGroups(versions, Groups(groups))


async def page(groups: LiveGroups, matchers: str = "", after: str = "", limit: int = 10) -> GroupsPage:
    wanted = parse_matchers(matchers) if matchers else ()
    return await groups.page(ACME, wanted, GroupId(after), limit)


def names(found: GroupsPage) -> set[str]:
    return {one.labels["alertname"] for one in found.groups}


async def test_open_groups_come_page_by_page_each_once() -> None:
    groups = await live(*(waiting(name) for name in "ABCDE"), idle(waiting("F"), firing=0))
    first = await page(groups, limit=3)
    second = await page(groups, after=first.after, limit=3)
    assert (len(first.groups), len(second.groups)) == (3, 2)
    assert (names(first) | names(second), second.after) == (set("ABCDE"), "")


async def test_a_group_fits_where_one_of_its_alerts_does() -> None:
    db = waiting("A", alerts=2)
    other = an_alert_state(content=a_content(team="db"))
    db = replace(db, alerts={**db.alerts, next(iter(db.alerts)): other})
    groups = await live(db, waiting("B"))
    assert names(await page(groups, 'team="db"')) == {"A"}
    assert names(await page(groups, 'team="db",alertname="B"')) == set()
    assert names(await page(groups, 'team!="db"')) == {"A", "B"}


async def test_what_is_redacted_is_not_shown_and_nobody_finds_out_by_asking_for_it() -> None:
    group = waiting("A")
    secret = an_alert_state(content=a_content(customer="K-1234"))
    groups = await live(replace(group, alerts={next(iter(group.alerts)): secret}))
    assert "K-1234" not in str(whole_json(await groups.find(ACME, group.key.group_id)))
    assert names(await page(groups, 'customer="K-1234"')) == set()
    assert names(await page(groups, 'customer=~"K-.*"')) == set()


async def test_a_group_says_its_phase_its_channel_since_when_and_why_nothing_is_sent() -> None:
    found = await (await live(parked(waiting("A")))).find(ACME, waiting("A").key.group_id)
    shown = group_json(found)
    assert (shown["phase"], shown["why"], shown["channel"]) == ("parked", "secret_not_found", "C0123456")
    assert (shown["firing"], shown["since"], found.since) == (1, to_rfc3339(NOON), NOON)


async def test_what_is_not_there_or_cannot_be_read_is_none() -> None:
    groups = await live(waiting("A"))
    key = waiting("A").key.group_id
    groups.groups.stored[key] = UnknownForm(key, "99")  # type: ignore[attr-defined]
    assert names(await page(groups)) == set()
    for one in (key, GroupId("0" * 32)):
        with pytest.raises(OperationError):
            await groups.find(ACME, one)
    with pytest.raises(OperationError):
        await groups.find(TenantId("beta"), key)


@tries("groups of a tenant that the control API reads for one page")
async def test_so_many_are_read_for_one_page(beyond: int) -> None:
    groups = await live(*(waiting(f"A{number}") for number in range(MAX_EXAMINED + beyond)))
    found = await page(groups, 'alertname="none"')
    assert (found.groups, bool(found.after)) == ((), beyond >= 0)
    assert (await page(groups, 'alertname="none"', found.after)).after == "" if found.after else True


@tries("alerts of a group that the control API shows")
async def test_of_more_alerts_the_first_are_shown_and_the_others_counted(beyond: int) -> None:
    group = waiting("A", alerts=MAX_ALERTS + beyond)
    shown = whole_json(await (await live(group)).find(ACME, group.key.group_id))
    assert (len(shown["alerts"]), shown["alerts_besides"]) == (MAX_ALERTS + min(beyond, 0), max(beyond, 0))
