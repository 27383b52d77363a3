"""PostgreSQL itself never gives the id of an erased tenant again. A tenant that was deleted so far is removed."""

from typing import Final

from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"

_UP: Final = """
alter table control.tenant drop constraint tenant_state_check;
update control.tenant set state = 'removed' where state = 'erased';
alter table control.tenant add constraint tenant_state_check
  check (state in ('active', 'suspended', 'removed', 'erasing', 'erased'));

drop policy erased on control.configuration;
create policy erased on control.configuration as restrictive for delete to ar_api
  using (tenant in (select t.tenant from control.tenant t where t.state in ('removed', 'erasing', 'erased')));

create function control.stay_erased() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception using message = 'tenant ' || old.tenant || ' was erased: its id is never given again';
end
$$;
create trigger stay_erased before update of state on control.tenant
  for each row when (old.state = 'erased' and new.state <> 'erased') execute function control.stay_erased();
revoke all on function control.stay_erased() from public;
"""

_DOWN: Final = """
drop trigger stay_erased on control.tenant;
drop function control.stay_erased();
drop policy erased on control.configuration;
create policy erased on control.configuration as restrictive for delete to ar_api
  using (tenant in (select t.tenant from control.tenant t where t.state in ('erasing', 'erased')));
alter table control.tenant drop constraint tenant_state_check;
update control.tenant set state = 'erased' where state = 'removed';
alter table control.tenant add constraint tenant_state_check
  check (state in ('active', 'suspended', 'erasing', 'erased'));
"""


def upgrade() -> None:
    """An erased tenant's state is its last."""
    op.get_bind().exec_driver_sql(_UP)


def downgrade() -> None:
    """Removed and erased are one again."""
    op.get_bind().exec_driver_sql(_DOWN)
