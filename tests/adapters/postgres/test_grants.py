"""Who may do what on which table of the record: this table, and what PostgreSQL itself has, in both directions."""

from typing import Final

from tests.record_at import RecordAt

_MAY: Final = {
    ("access_document", "ar_api"): "insert, select",
    ("active", "ar_api"): "select, update(cell), update(version)",
    ("active", "ar_projector"): "select",
    ("api_key", "ar_api"): "delete, insert, select, update(revoked_at)",
    ("audit", "ar_api"): "insert, select",
    ("audit", "ar_auditor"): "select",
    ("audit", "ar_projector"): "select",
    ("audit_head", "ar_api"): "select, update(edge), update(size)",
    ("audit_head", "ar_auditor"): "select",
    ("audit_head", "ar_projector"): "select",
    ("checkpoint", "ar_api"): "select",
    ("checkpoint", "ar_auditor"): "select",
    ("checkpoint", "ar_projector"): "insert, select",
    ("configuration", "ar_api"): "delete, insert, select",
    ("configuration", "ar_projector"): "select",
    ("erased_person", "ar_api"): "delete, select",
    ("erased_person", "ar_projector"): "delete, insert, select, update(text), update(until)",
    ("idempotency", "ar_api"): "delete, insert, select, update(answer), update(status)",
    ("installation", "ar_api"): "select",
    ("installation", "ar_auditor"): "select",
    ("installation", "ar_projector"): "select",
    ("projected", "ar_api"): "select",
    ("projected", "ar_projector"): "select, update(at), update(generation)",
    ("proposal", "ar_api"): "delete, insert, select, update(decided_at), update(decided_by), update(state)",
    ("secret", "ar_api"): "delete, insert, select, update(sealed)",
    ("secret", "ar_projector"): "select",
    ("tenant", "ar_api"): "insert, select, update(state)",
    ("tenant", "ar_projector"): "select",
    ("tenant_key", "ar_api"): "delete, select",
    ("tenant_key", "ar_projector"): "insert, select, update(wrapped)",
    ("token", "ar_api"): "delete, insert, select, update(revoked_at)",
    ("token", "ar_projector"): "select",
}
"""By table and login; a column in brackets where it is that one alone. Who is not named may do nothing."""

_GRANTED: Final = """
with granted as (
  select c.relname, a.grantee, lower(a.privilege_type) as may
  from pg_class c, aclexplode(c.relacl) a where c.relnamespace = 'control'::regnamespace and c.relkind <> 'i'
  union all
  select c.relname, a.grantee, lower(a.privilege_type) || '(' || t.attname || ')'
  from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
  where c.relnamespace = 'control'::regnamespace
)
select relname, coalesce(rolname, 'public'), string_agg(may, ', ' order by may)
from granted left join pg_roles on pg_roles.oid = grantee
where rolname is distinct from 'ar_owner' group by 1, 2
"""


async def test_each_login_may_do_what_is_written_here_and_no_more(record: RecordAt) -> None:
    found = await record.ask("postgres", _GRANTED)

    assert {(table, login): may for table, login, may in found} == _MAY


async def test_no_login_is_another_but_whoever_migrates(record: RecordAt) -> None:
    """Rights come by membership as well, and by being a superuser."""
    asked = """
      select m.rolname, r.rolname from pg_auth_members
      join pg_roles m on m.oid = member join pg_roles r on r.oid = roleid
      where m.rolname like 'ar\\_%'"""
    assert await record.ask("postgres", asked) == [("ar_migrator", "ar_owner")]
    may_all = (
        "select rolname from pg_roles where rolname like 'ar\\_%' and (rolsuper or rolbypassrls or rolcreaterole)"
    )
    assert await record.ask("postgres", may_all) == []
