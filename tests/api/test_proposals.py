"""Four eyes: what somebody proposes takes effect when a second person approves, and never otherwise."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from router.control.access.permissions import Permission
from router.control.proposals import MAX_PROPOSALS
from tests.api.serving import Answered, Asking, asking
from tests.bounds import tries
from tests.config.samples import SMALL, changed
from tests.issuer import Issuer
from tests.record_at import RecordAt
from tests.redis_at import redis_at

ANA: Final = "operator@all"
BEN: Final = "operator@acme"
OTHER: Final = changed('a="b"', 'a="c"')
PROPOSALS: Final = "/tenants/acme/proposals"


@pytest.fixture
async def api(record: RecordAt, emptied: str, issuer: Issuer) -> AsyncIterator[Asking]:
    """An API where the operator's part takes two."""
    redis = redis_at(emptied)
    async with asking(record, redis, issuer, Permission.PLATFORM_WRITE) as one:
        yield one
    await redis.close()


async def proposed(api: Asking, who: str = ANA, text: str = SMALL) -> Answered:
    answer = await api.apply(who, "acme", text)
    assert answer.status == 202, answer.text
    return answer


async def active(api: Asking) -> Any:
    return (await api.ask(ANA, "GET", "/tenants/acme/configuration")).status


async def test_a_change_of_the_operators_part_waits_for_a_second_person(api: Asking) -> None:
    answer = await proposed(api)
    assert (answer.json["proposal"], answer.json["stored"]) == (1, False)
    assert answer.headers["Location"].endswith("/control/v1/tenants/acme/proposals/1")
    assert await active(api) == 404

    approved = await api.ask(BEN, "POST", f"{PROPOSALS}/1/approve")

    assert (approved.status, approved.json["version"]) == (200, 1)
    shown = await api.ask(ANA, "GET", "/tenants/acme/configuration")
    assert shown.text == SMALL
    [version] = (await api.ask(ANA, "GET", "/tenants/acme/configuration/versions")).json["items"]
    assert version["author"] == ANA


async def test_nobody_approves_what_they_proposed_nor_does_a_key_of_theirs(api: Asking) -> None:
    await proposed(api)

    own = await api.ask(ANA, "POST", f"{PROPOSALS}/1/approve")
    key = await api.ask(await api.key("operator"), "POST", f"{PROPOSALS}/1/approve")

    assert [(one.status, one.problem) for one in (own, key)] == [(403, "not-allowed")] * 2
    assert "own_proposal" in own.json["detail"]
    assert "not_a_person" in key.json["detail"]
    assert await active(api) == 404


async def test_who_may_not_change_the_operators_part_may_not_approve_it_either(api: Asking) -> None:
    await proposed(api)

    for who in ("tenant_admin@acme", "auditor@acme", "viewer@all"):
        for what in ("approve", "reject"):
            assert (await api.ask(who, "POST", f"{PROPOSALS}/1/{what}")).problem == "not-allowed"
    assert (await api.ask("tenant_admin@globex", "POST", f"{PROPOSALS}/1/approve")).problem == "unknown-tenant"


async def test_a_proposal_that_the_world_has_overtaken_does_not_take_effect(api: Asking) -> None:
    await proposed(api)
    await proposed(api, BEN, OTHER)
    assert (await api.ask(BEN, "POST", f"{PROPOSALS}/1/approve")).status == 200

    late = await api.ask(ANA, "POST", f"{PROPOSALS}/2/approve")

    assert (late.status, late.problem) == (412, "changed-meanwhile")
    assert (await api.ask(ANA, "GET", f"{PROPOSALS}/2")).json["state"] == "open"


async def test_what_is_rejected_or_withdrawn_can_not_be_approved_any_more(api: Asking) -> None:
    await proposed(api)
    await proposed(api)

    rejected = await api.ask(BEN, "POST", f"{PROPOSALS}/1/reject")
    withdrawn = await api.ask(ANA, "POST", f"{PROPOSALS}/2/reject")

    assert [one.json["state"] for one in (rejected, withdrawn)] == ["rejected", "withdrawn"]
    for number in (1, 2):
        late = await api.ask(BEN, "POST", f"{PROPOSALS}/{number}/approve")
        assert (late.status, late.problem) == (409, "not-possible")
    assert await active(api) == 404


async def test_two_approvals_at_once_are_one_version(api: Asking) -> None:
    await proposed(api, "operator@acme")
    some = [api.ask(ANA, "POST", f"{PROPOSALS}/1/approve") for _ in range(8)]

    answers = await asyncio.gather(*some)

    assert sorted(one.status for one in answers) == [200, *[409] * 7]
    assert len((await api.ask(ANA, "GET", "/tenants/acme/configuration/versions")).json["items"]) == 1


async def test_a_proposal_that_nobody_decided_in_time_has_expired(api: Asking) -> None:
    await proposed(api)
    await api.at.ask("postgres", "update proposal set expires_at = now() - interval '1 minute'")

    assert (await api.ask(ANA, "GET", f"{PROPOSALS}/1")).json["state"] == "expired"
    assert (await api.ask(BEN, "POST", f"{PROPOSALS}/1/approve")).problem == "not-possible"


async def test_the_tenants_own_part_takes_no_second_person(api: Asking) -> None:
    await proposed(api)
    await api.ask(BEN, "POST", f"{PROPOSALS}/1/approve")

    answer = await api.apply("editor@acme", "acme", OTHER, If_None_Match="", If_Match='"1"')

    assert (answer.status, answer.json["version"]) == (200, 2)


async def test_proposals_are_shown_page_by_page_with_what_they_would_change(api: Asking) -> None:
    for _ in range(3):
        await proposed(api)

    first = await api.ask("viewer@acme", "GET", f"{PROPOSALS}?limit=2")
    rest = await api.ask("viewer@acme", "GET", f"{PROPOSALS}?limit=2&cursor={first.json['next']}")

    assert [one["number"] for one in (*first.json["items"], *rest.json["items"])] == [3, 2, 1]
    one = (await api.ask("viewer@acme", "GET", f"{PROPOSALS}/2")).json
    assert (one["document"], one["author"], one["state"], one["base"]) == (SMALL, ANA, "open", None)


async def test_another_tenants_proposals_are_not_there(api: Asking) -> None:
    await proposed(api)

    there = await api.ask("tenant_admin@globex", "GET", f"{PROPOSALS}/1")
    nowhere = await api.ask("tenant_admin@globex", "GET", "/tenants/initech/proposals/1")

    assert (there.status, there.text.replace("acme", "initech")) == (404, nowhere.text)


async def test_proposing_approving_and_rejecting_are_audited(api: Asking) -> None:
    await proposed(api)
    await proposed(api)
    await api.ask(ANA, "POST", f"{PROPOSALS}/1/approve")
    await api.ask(BEN, "POST", f"{PROPOSALS}/1/approve")
    await api.ask(BEN, "POST", f"{PROPOSALS}/2/reject")

    found = (await api.ask("auditor@all", "GET", "/tenants/acme/audit")).json["items"]
    assert [(one["action"], one["actor"]["subject"], one["outcome"]) for one in found] == [
        ("proposal.reject", BEN, "done"),
        ("proposal.approve", BEN, "done"),
        ("access.denied", ANA, "denied"),
        ("proposal.make", ANA, "done"),
        ("proposal.make", ANA, "done"),
    ]


@pytest.mark.long
@tries("open proposals of a tenant")
async def test_a_tenant_has_so_many_open_proposals_and_no_more(api: Asking, beyond: int) -> None:
    for _ in range(MAX_PROPOSALS + min(beyond, 0)):
        await proposed(api)

    one_more = await api.apply(ANA, "acme", SMALL)

    assert one_more.status == (202 if beyond < 0 else 409)
