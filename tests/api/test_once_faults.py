"""A request with a key, and something that stops in the middle: no second change, and no false word of the first."""

from dataclasses import replace
from functools import partial
from typing import Any, Final

import pytest

from router.adapters.postgres.idempotency import KeptAnswers
from router.adapters.redis.silences import SilenceRepository
from router.api.problems import problem_of
from router.app.recorded import attempts
from router.core.model.alert import TenantId
from router.errors import UnavailableError, UnconfirmedError
from router.ports.audit import Action, Entry
from router.ports.idempotency import Claim
from tests.api.serving import OPERATOR, Asking
from tests.api.test_once import ADMIN, SILENCE, SILENCES, TOKENS, live_tokens
from tests.config.samples import SMALL

_ACME: Final = TenantId("acme")
_KILL: Final = """
select pg_terminate_backend(pid) from pg_stat_activity
where usename = 'ar_api' and state = 'idle in transaction' and datname = current_database()
"""


async def _killed(api: Asking, entry: Entry) -> None:
    async with api.api.record.changing(_ACME, entry) as writing:
        await writing.touch()
        assert await api.at.ask("postgres", _KILL) == [(True,)]


async def test_a_transaction_that_is_killed_leaves_neither_its_key_nor_its_change(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    entry = replace(attempts()(Action.TOKEN_CREATE, _ACME, "tokens"), claim=Claim(_ACME, "k", "d"))
    with pytest.raises(UnavailableError):
        await _killed(api, entry)
    assert await api.at.ask("postgres", "select key from control.idempotency") == []

    async with api.api.record.changing(_ACME, entry) as writing:
        await writing.touch()
    assert await api.at.ask("postgres", "select key from control.idempotency") == [("k",)]


async def test_an_answer_that_cannot_be_kept_is_given(api: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    await api.apply(OPERATOR, "acme", SMALL)

    async def away(*_: object) -> None:
        raise UnavailableError("PostgreSQL does not answer")

    monkeypatch.setattr(KeptAnswers, "keep", away)
    first = await api.ask(ADMIN, "POST", TOKENS, Idempotency_Key="k1")
    again = await api.ask(ADMIN, "POST", TOKENS, Idempotency_Key="k1")
    assert (first.status, again.problem) == (201, "request-in-flight")
    assert await live_tokens(api) == 1


@pytest.mark.parametrize("first", ["is lost", "is stored"])
async def test_a_silence_that_redis_did_not_answer_for_may_be_sent_again_and_is_one(
    api: Asking, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    await api.in_force()
    store = SilenceRepository.store

    async def away(repository: SilenceRepository, tenant: TenantId, *stored: Any) -> None:
        if first == "is stored":
            await store(repository, tenant, *stored)
        raise UnavailableError("Redis does not answer")

    asked = partial(api.ask, ADMIN, "POST", SILENCES, SILENCE, Idempotency_Key="k1")
    with monkeypatch.context() as broken:
        broken.setattr(SilenceRepository, "store", away)
        failed = await asked()
    made, again = await asked(), await asked()
    assert (failed.status, made.status, again.json) == (503, 201, made.json)
    assert [one["id"] for one in (await api.ask(ADMIN, "GET", SILENCES)).json["items"]] == [made.json["id"]]


async def test_whoever_comes_after_a_tenant_of_the_same_name_is_not_given_its_answers(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    first = await api.ask(ADMIN, "POST", TOKENS, Idempotency_Key="k1")
    assert (await api.ask(OPERATOR, "DELETE", "/tenants/acme", If_Match='"1"')).status == 204
    assert await api.at.ask("postgres", "select key from control.idempotency") == []

    await api.apply(OPERATOR, "acme", SMALL)
    later = await api.ask(ADMIN, "POST", TOKENS, Idempotency_Key="k1")
    assert (first.status, later.status) == (201, 201)


def test_nobody_reads_that_nothing_was_changed_where_that_is_not_known() -> None:
    assert "nothing was changed" not in problem_of(UnconfirmedError("lost")).detail
    assert "nothing was changed" in problem_of(UnavailableError("away")).detail
