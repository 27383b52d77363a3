"""A tenant is moved by two people where that takes two, and the audit log has who did it, from where and to where."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from pydantic import SecretStr

from router.app.toolbox import open_tenants
from router.control.access.permissions import Permission
from router.control.moving import Moving
from router.control.provenance import provenance
from router.core.model.instant import SECOND, Span
from router.core.pool import Pool, in_pool
from router.ports.moving import Place
from router.settings import KafkaSettings, PostgresSettings, RedisSettings, Settings
from tests.adapters.builders import ACME
from tests.api.offering import projecting
from tests.api.serving import Answered, Asking, asking
from tests.config.samples import SMALL, changed
from tests.control.test_moving import FakePlaces
from tests.issuer import Issuer
from tests.record_at import RecordAt
from tests.redis_at import redis_at

ANA: Final = "operator@all"
BEN: Final = "operator@acme"
KAFKA: Final = KafkaSettings(pools=("gold",))
MOVED: Final = changed("C0123456]}}", "C0123456]}, pool: gold}")
PROPOSALS: Final = "/tenants/acme/proposals"
WHERE: Final = [{"path": "platform.pool", "before": "shared", "after": "gold"}]


@pytest.fixture
async def api(record: RecordAt, emptied: str, issuer: Issuer) -> AsyncIterator[Asking]:
    """An API with two pools where the operator's part takes two; acme is in the shared one."""
    redis = redis_at(emptied)
    async with asking(record, redis, issuer, Permission.PLATFORM_WRITE, kafka=KAFKA) as one:
        await one.apply(ANA, "acme", SMALL)
        assert (await one.ask(BEN, "POST", f"{PROPOSALS}/1/approve")).status == 200
        yield one
    await redis.close()


async def move(api: Asking, who: str, text: str = MOVED, query: str = "") -> Answered:
    seen = {"If_Match": '"1"', "Content_Type": "application/yaml"}
    return await api.ask(who, "PUT", f"/tenants/acme/configuration{query}", text, **seen)


async def audited(api: Asking) -> list[dict[str, Any]]:
    """Newest first."""
    items: list[dict[str, Any]] = (await api.ask("auditor@all", "GET", "/audit")).json["items"]
    return items


async def active(api: Asking) -> str:
    return (await api.ask(ANA, "GET", "/tenants/acme/configuration")).text


async def test_a_move_waits_for_a_second_person_and_is_audited_with_both_people_and_both_pools(api: Asking) -> None:
    proposed = await move(api, ANA, query="?message=its+own+workers")
    own = await api.ask(ANA, "POST", f"{PROPOSALS}/2/approve")

    assert (proposed.status, proposed.json["stored"], "pool: gold" in proposed.json["diff"]) == (202, False, True)
    assert (own.status, await active(api)) == (403, SMALL)

    approved = await api.ask(BEN, "POST", f"{PROPOSALS}/2/approve")

    assert (approved.status, await active(api)) == (200, MOVED)
    newest, denied, made = (await audited(api))[:3]
    assert (made["action"], made["actor"]["subject"], made["reason"]) == ("proposal.make", ANA, "its own workers")
    assert (denied["action"], denied["actor"]["subject"], denied["outcome"]) == ("access.denied", ANA, "denied")
    assert (newest["action"], newest["actor"]["subject"]) == ("proposal.approve", BEN)
    assert (newest["reason"], newest["after"]["version"]) == (f"proposed by {ANA}", 2)
    assert [one for one in newest["diff"] if one["path"].startswith("platform.")] == WHERE


async def test_a_planned_move_stores_and_proposes_nothing(api: Asking) -> None:
    before = len(await audited(api))
    planned = await move(api, ANA, query="?dry_run=true")

    assert (planned.status, planned.json["stored"], "pool: gold" in planned.json["diff"]) == (200, False, True)
    assert (await api.ask(ANA, "GET", f"{PROPOSALS}/2")).status == 404
    assert (await active(api), len(await audited(api))) == (SMALL, before)


async def test_who_may_not_change_the_operators_part_moves_nobody(api: Asking) -> None:
    refused = [await move(api, who) for who in ("tenant_admin@acme", "editor@acme")]

    assert [(one.status, one.problem) for one in refused] == [(403, "not-allowed")] * 2
    assert await active(api) == SMALL
    assert [one["action"] for one in (await audited(api))[:2]] == ["access.denied"] * 2


async def test_a_pool_that_is_not_there_is_refused_before_anybody_is_asked_to_approve(api: Asking) -> None:
    refused = await move(api, ANA, MOVED.replace("gold", "silver"))

    assert (refused.status, "silver" in refused.text) == (422, True)
    assert (await api.ask(ANA, "GET", f"{PROPOSALS}/2")).status == 404


async def test_a_command_on_the_record_is_audited_with_both_pools_as_well(api: Asking, emptied: str) -> None:
    settings = Settings(
        postgres=PostgresSettings(url=SecretStr(api.at.url("ar_api"))),
        redis=RedisSettings(url=SecretStr(emptied)),
        kafka=KAFKA,
    )
    async with projecting(api, emptied), open_tenants(settings) as tenants:
        moving = Moving(tenants, FakePlaces(), _InForce(), _place, _no_pause)
        planned = await moving.plan(ACME, Pool("gold"))
        await moving.begin(planned, provenance("eve", "eve@desk", "its own workers"))
        drain = await moving.drain(planned, Span(SECOND))

    [newest, *_] = await audited(api)
    assert (drain.is_done, "pool: gold" in await active(api)) == (True, True)
    assert (newest["action"], newest["reason"], newest["outcome"]) == ("tenant.apply", "its own workers", "done")
    assert (newest["actor"]["subject"] != "", newest["diff"]) == (True, WHERE)


class _InForce:
    """What Redis has, at once."""

    async def pool(self, _: object) -> Pool:
        return Pool("gold")


def _place(pool: Pool) -> Place:
    return Place(in_pool("in", pool), in_pool("group", pool))


async def _no_pause(_: Span) -> None:
    return
