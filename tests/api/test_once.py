"""A request that comes twice is carried out once."""

import asyncio
from collections import Counter

import pytest

from tests.api.serving import OPERATOR, Asking
from tests.config.samples import SMALL

ADMIN = "tenant_admin@acme"
TOKENS = "/tenants/acme/tokens"
ROLLBACK = "/tenants/acme/configuration/rollback"
SILENCES = "/tenants/acme/silences"
SILENCE = {"matcher_sets": [['a="b"']], "comment": "c"}


async def live_tokens(api: Asking) -> int:
    return len((await api.ask(ADMIN, "GET", TOKENS)).json["items"])


async def two_versions(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    await api.apply(OPERATOR, "acme", "# 2\n" + SMALL, If_None_Match="", If_Match='"1"')


async def test_twenty_requests_with_one_key_make_one_change(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    asked = [api.ask(ADMIN, "POST", TOKENS, Idempotency_Key="k1") for _ in range(20)]
    answers = await asyncio.gather(*asked)

    found = Counter(one.problem if one.status >= 400 else "made" for one in answers)
    assert found["made"] == 1
    assert set(found) <= {"made", "request-in-flight", "shown-once"}
    assert await live_tokens(api) == 1


async def test_what_was_answered_is_answered_again_with_its_version(api: Asking) -> None:
    await two_versions(api)
    first, again = [
        await api.ask(ADMIN, "POST", f"{ROLLBACK}?to=1", If_Match='"2"', Idempotency_Key="k1") for _ in range(2)
    ]
    later = await api.ask(ADMIN, "POST", f"{ROLLBACK}?to=1", If_Match='"2"', Idempotency_Key="k2")

    assert (first.status, first.json["version"], first.headers["ETag"]) == (200, 3, '"3"')
    assert (again.status, again.json, again.headers["ETag"]) == (200, first.json, '"3"')
    assert later.problem == "changed-meanwhile"


async def test_another_request_with_the_same_key_is_refused(api: Asking) -> None:
    await two_versions(api)
    asked = [
        ("POST", f"{ROLLBACK}?to=1", {"If_Match": '"2"'}),
        ("POST", f"{ROLLBACK}?to=1", {"If_Match": '"3"'}),
        ("POST", f"{ROLLBACK}?to=2", {"If_Match": '"2"'}),
        ("POST", TOKENS, {}),
    ]
    answers = [await api.ask(ADMIN, method, path, Idempotency_Key="k1", **more) for method, path, more in asked]
    assert [one.status for one in answers] == [200, 422, 422, 422]
    assert {one.problem for one in answers[1:]} == {"key-of-another-request"}


async def test_what_is_shown_once_is_neither_kept_nor_shown_again(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    asked = [(TOKENS, None, "token"), ("/tenants/acme/keys", {"role": "viewer"}, "key"),
             ("/keys", {"role": "viewer"}, "key")]  # fmt: skip
    for path, body, name in asked:
        made, again = [await api.ask(OPERATOR, "POST", path, body, Idempotency_Key=path) for _ in range(2)]
        assert (made.status, again.problem, made.json["id"] in again.text) == (201, "shown-once", True)
        assert made.json[name] not in again.text
        kept = await api.at.ask("postgres", "select convert_from(answer, 'utf8') from control.idempotency")
        assert kept
        assert made.json[name] not in str(kept)


async def test_json_that_is_written_otherwise_is_the_same_request(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    await api.in_force()
    first = await api.ask(ADMIN, "POST", SILENCES, SILENCE, Idempotency_Key="k1")
    again = await api.ask(ADMIN, "POST", SILENCES, dict(reversed(SILENCE.items())), Idempotency_Key="k1")
    other = await api.ask(ADMIN, "POST", SILENCES, {**SILENCE, "comment": "d"}, Idempotency_Key="k1")

    assert (first.status, again.json) == (201, first.json)
    assert other.status == 422
    assert len((await api.ask(ADMIN, "GET", SILENCES)).json["items"]) == 1


async def test_the_keys_of_others_are_never_met(api: Asking) -> None:
    for tenant in ("acme", "globex"):
        await api.apply(OPERATOR, tenant, SMALL.replace("acme", tenant))
    who = {ADMIN: "acme", "tenant_admin@globex": "globex", OPERATOR: "acme"}
    made = [
        await api.ask(one, "POST", f"/tenants/{tenant}/tokens", Idempotency_Key="k1") for one, tenant in who.items()
    ]
    hidden = await api.ask("tenant_admin@globex", "POST", TOKENS, Idempotency_Key="k1")
    assert [one.status for one in made] == [201, 201, 201]
    assert hidden.problem == "unknown-tenant"


async def test_whoever_may_no_longer_is_not_answered_again(api: Asking) -> None:
    await two_versions(api)
    key = await api.key("editor", "acme")
    asked = [key, "POST", f"{ROLLBACK}?to=1", None]
    first = await api.ask(*asked, If_Match='"2"', Idempotency_Key="k1")  # type: ignore[arg-type]
    await api.at.ask("postgres", "update control.api_key set role = 'viewer'")
    again = await api.ask(*asked, If_Match='"2"', Idempotency_Key="k1")  # type: ignore[arg-type]
    assert (first.status, again.status) == (200, 403)


async def test_a_refused_request_may_be_sent_again(api: Asking) -> None:
    await two_versions(api)
    refused = await api.ask(ADMIN, "POST", f"{ROLLBACK}?to=9", If_Match='"2"', Idempotency_Key="k1")
    done = await api.ask(ADMIN, "POST", f"{ROLLBACK}?to=1", If_Match='"2"', Idempotency_Key="k1")
    assert (refused.status, done.status) == (409, 200)


async def test_a_lost_answer_is_named_and_nothing_is_done_again(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    await api.ask(ADMIN, "POST", TOKENS, Idempotency_Key="k1")
    await api.at.ask("postgres", "update control.idempotency set status = null, answer = null")
    young = await api.ask(ADMIN, "POST", TOKENS, Idempotency_Key="k1")
    await api.at.ask("postgres", "update control.idempotency set at = at - interval '2 minutes'")
    old = await api.ask(ADMIN, "POST", TOKENS, Idempotency_Key="k1")
    assert (young.problem, young.headers["Retry-After"], old.problem) == ("request-in-flight", "1", "answer-lost")
    assert await live_tokens(api) == 1


async def test_after_its_time_an_answer_is_deleted_whosever_it_is(api: Asking) -> None:
    for tenant in ("acme", "globex"):
        await api.apply(OPERATOR, tenant, SMALL.replace("acme", tenant))
        await api.ask(OPERATOR, "POST", f"/tenants/{tenant}/tokens", Idempotency_Key="k1")
    await api.at.ask("postgres", "update control.idempotency set at = at - interval '25 hours'")
    assert (await api.ask(OPERATOR, "POST", TOKENS, Idempotency_Key="k1")).status == 201
    assert await api.at.ask("postgres", "select tenant from control.idempotency") == [("acme",)]


@pytest.mark.parametrize("key", [" ", "a b", "k" * 201, "\u00e9"])
async def test_what_is_no_key_is_refused(api: Asking, key: str) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    answer = await api.ask(ADMIN, "POST", TOKENS, Idempotency_Key=key)
    assert (answer.problem, await live_tokens(api)) == ("invalid-request", 0)
