"""Lists of erased persons are compared for those who have one; where nobody is looked at, nobody is asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Instant
from router.ports.subject_copies import KEY, Part, Parts
from router.roles.subject_mirror import SubjectMirror
from tests.adapters.builders import ACME, BETA, NOON

LATER = Instant(NOON + HOUR)
LIST = {KEY: Part("key", LATER), "1f8e2c3a": Part("digest", LATER)}
OTHER = {KEY: Part("another", LATER), "mia": Part("digest", LATER)}


@dataclass
class Record:
    """Lists as they are recorded, and how often that was asked."""

    lists: dict[TenantId, Parts] = field(default_factory=dict)
    asked: int = 0
    compared: list[TenantId] = field(default_factory=list)

    async def tenants(self) -> set[TenantId]:
        self.asked += 1
        return set(self.lists)

    async def compare(self, tenant: TenantId, compared: Callable[[Parts], Awaitable[Parts]]) -> None:
        self.compared.append(tenant)
        self.lists[tenant] = await compared(self.lists.get(tenant, {}))


@dataclass
class Live:
    """Lists as Redis has them."""

    lists: dict[TenantId, Parts] = field(default_factory=dict)

    async def parts(self, tenant: TenantId) -> Parts:
        return self.lists.get(tenant, {})

    async def restore(self, tenant: TenantId, parts: Parts) -> None:
        self.lists[tenant] = {**self.lists.get(tenant, {}), **parts}

    async def now(self) -> Instant:
        return NOON


async def test_nobody_is_asked_where_no_tenant_is_to_be_looked_at() -> None:
    record = Record({ACME: LIST})

    await SubjectMirror(record, Live()).look([])

    assert record.asked == 0


async def test_who_has_no_list_on_either_side_is_not_compared() -> None:
    record = Record({ACME: LIST})

    await SubjectMirror(record, Live()).look([ACME, BETA])

    assert (record.asked, record.compared) == (1, [ACME])


@pytest.mark.parametrize(("recorded", "live"), [(LIST, {}), ({}, LIST)])
async def test_either_side_gets_what_the_other_has(recorded: Parts, live: Parts) -> None:
    record, redis = Record({ACME: recorded}), Live({ACME: live})

    await SubjectMirror(record, redis).look([ACME])

    assert (record.lists[ACME], redis.lists[ACME]) == (LIST, LIST)


async def test_what_comes_back_and_what_differs_is_logged_without_any_person() -> None:
    back, differs = (
        SubjectMirror(Record({ACME: LIST}), Live()),
        SubjectMirror(Record({ACME: LIST}), Live({ACME: OTHER})),
    )
    with capture_logs() as lines:
        await back.look([ACME])
        await differs.look([ACME])

    assert [one["event"] for one in lines] == ["erased_persons_restored", "erased_persons_differ"]
    assert "1f8e2c3a" not in repr(lines)
    assert "digest" not in repr(lines)
