"""What each login of the record may not do, tried."""

from typing import Final

import psycopg
import pytest

from tests.record_at import RecordAt

REFUSED: Final = [
    ("ar_api", "update configuration set document = 'other'"),
    ("ar_api", "update active set generation = 99"),
    ("ar_api", "update token set digest = 'other'"),
    ("ar_api", "update audit set entry = ''"),
    ("ar_api", "delete from audit"),
    ("ar_api", "insert into checkpoint values (1, '')"),
    ("ar_api", "update projected set generation = 99"),
    ("ar_api", "truncate tenant cascade"),
    ("ar_api", "create table control.other ()"),
    ("ar_api", "alter table tenant disable row level security"),
    ("ar_api", "set role ar_owner"),
    ("ar_api", "insert into tenant values ('globex')"),
    ("ar_api", "insert into token values ('d', 'globex')"),
    ("ar_api", "insert into audit values (1, '', 'globex')"),
    ("ar_api", "set row_security = off; select * from token"),
    ("ar_projector", "insert into tenant values ('globex')"),
    ("ar_projector", "update active set version = 2"),
    ("ar_projector", "delete from secret"),
    ("ar_projector", "insert into audit values (1, '')"),
    ("ar_projector", "update audit_head set size = 9"),
    ("ar_auditor", "select * from secret"),
    ("ar_auditor", "select * from token"),
    ("ar_auditor", "delete from audit"),
    ("ar_auditor", "insert into checkpoint values (1, '')"),
    ("ar_migrator", "select * from control.tenant"),
]


@pytest.mark.parametrize(("login", "statement"), REFUSED)
async def test_a_login_may_do_its_part_and_no_more(record: RecordAt, login: str, statement: str) -> None:
    await record.seed("acme")
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)):
        await record.ask(login, statement, tenant="acme")


@pytest.mark.parametrize("table", ["tenant", "configuration", "active", "token", "secret", "projected"])
async def test_without_a_tenant_nothing_is_seen_and_with_one_nothing_of_another(record: RecordAt, table: str) -> None:
    await record.seed("acme", "globex")
    assert await record.ask("ar_api", f"select * from {table}") == []
    assert await record.ask("ar_api", f"select distinct tenant from {table}", tenant="acme") == [("acme",)]


async def test_what_is_changed_without_a_condition_is_the_tenants_own(record: RecordAt) -> None:
    await record.seed("acme", "globex")
    await record.ask("ar_api", "delete from secret", tenant="acme")
    assert await record.ask("ar_projector", "select tenant from secret") == [("globex",)]


async def test_a_configuration_goes_with_its_tenant_and_never_before(record: RecordAt) -> None:
    await record.seed("acme")
    await record.ask("ar_api", "update active set version = null", tenant="acme")
    await record.ask("ar_api", "delete from configuration", tenant="acme")
    assert await record.ask("ar_projector", "select tenant from configuration") == [("acme",)]
    await record.ask("ar_api", "update tenant set state = 'erased'", tenant="acme")
    await record.ask("ar_api", "delete from configuration", tenant="acme")
    assert await record.ask("ar_projector", "select tenant from configuration") == []


async def test_whose_a_token_is_is_found_before_a_tenant_is_known(record: RecordAt) -> None:
    await record.seed("acme", "globex")
    asked = "select control.tenant_of_token(%s)"
    assert await record.ask("ar_api", asked, "digest of globex") == [("globex",)]
    await record.ask("ar_api", "update token set revoked_at = now()", tenant="globex")
    assert await record.ask("ar_api", asked, "digest of globex") == [(None,)]


async def test_every_change_of_what_is_projected_raises_the_tenants_generation_and_no_others(
    record: RecordAt,
) -> None:
    await record.seed("acme", "globex")
    for change in (
        "update active set version = null",
        "update token set revoked_at = now()",
        "update secret set sealed = 'again'",
        "delete from secret",
        "update tenant set state = 'suspended'",
    ):
        before = await _generations(record)
        await record.ask("ar_api", change, tenant="acme")
        after = await _generations(record)
        assert (change, after["acme"] > before["acme"], after["globex"]) == (change, True, before["globex"])


async def test_a_commit_wakes_whoever_listens(record: RecordAt) -> None:
    async with await psycopg.AsyncConnection.connect(record.url("ar_projector"), autocommit=True) as listening:
        await listening.execute("listen ar_changed")
        await record.seed("acme")
        assert [one.payload async for one in listening.notifies(timeout=5, stop_after=1)][:1] == [""]


async def _generations(record: RecordAt) -> dict[str, int]:
    return dict(await record.ask("ar_projector", "select tenant, generation from active"))
