"""What PostgreSQL's own catalogue lists of the record."""

from sqlalchemy import inspect

from router.adapters.postgres.tables import METADATA
from tests.record_at import RecordAt

_BY_TENANT = """
    select c.oid, c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'control'::regnamespace and c.relkind = 'r' and a.attname = 'tenant' and a.attnum > 0
"""


async def test_every_table_with_a_tenant_has_row_security_a_policy_by_it_and_an_index_on_it(record: RecordAt) -> None:
    bare = await record.ask(
        "postgres",
        f"""
        select relname from ({_BY_TENANT}) t
        where not (select relrowsecurity from pg_class where oid = t.oid)
           or not exists (select from pg_policy where polrelid = t.oid
                          and pg_get_expr(polqual, polrelid) like '%app.tenant%')
           or not exists (select from pg_index i join pg_attribute a on a.attrelid = i.indrelid
                          and a.attnum = i.indkey[0] where i.indrelid = t.oid and a.attname = 'tenant')
        """,
    )
    named = await record.ask("postgres", _BY_TENANT)
    assert bare == []
    assert {name for _, name in named} == {
        "active", "api_key", "audit", "configuration", "idempotency", "projected", "proposal", "secret", "tenant",
        "erased_person", "tenant_key", "token",
    }  # fmt: skip


async def test_row_security_is_not_forced_so_that_a_migration_sees_all_rows(record: RecordAt) -> None:
    assert await record.ask("postgres", "select relname from pg_class where relforcerowsecurity") == []


async def test_no_login_owns_anything_or_may_pass_row_security(record: RecordAt) -> None:
    owners = await record.ask(
        "postgres",
        """select pg_get_userbyid(relowner) from pg_class where relnamespace = 'control'::regnamespace
           union select pg_get_userbyid(proowner) from pg_proc where pronamespace = 'control'::regnamespace""",
    )
    strong = await record.ask(
        "postgres", "select rolname from pg_roles where rolname like 'ar\\_%' and (rolsuper or rolbypassrls)"
    )
    able = await record.ask("postgres", "select rolname from pg_roles where rolname = 'ar_owner' and rolcanlogin")
    assert (owners, strong, able) == ([("ar_owner",)], [], [])


async def test_what_runs_with_its_owners_rights_has_a_fixed_search_path_and_is_not_for_everybody(
    record: RecordAt,
) -> None:
    functions = await record.ask(
        "postgres",
        """select proname, proconfig::text, has_function_privilege('public', oid, 'execute') from pg_proc
           where pronamespace = 'control'::regnamespace and prosecdef""",
    )
    assert len(functions) == 6
    assert {(path, everybody) for _, path, everybody in functions} == {('{"search_path=\\"\\""}', False)}


async def test_the_tables_that_statements_are_built_from_are_those_that_there_are(record: RecordAt) -> None:
    async with record.engine("postgres") as engine, engine.connect() as connection:
        columns = await connection.run_sync(lambda one: inspect(one).get_multi_columns(schema="control"))
    found = {name: {one["name"] for one in some} for (_, name), some in columns.items()}
    found.pop("alembic_version")
    assert {name.partition(".")[2] for name in METADATA.tables} == set(found)
    for table in METADATA.tables.values():
        assert set(table.columns.keys()) <= found[table.name]
