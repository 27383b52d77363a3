"""Answers to requests that had a key, also of those that concern no single tenant; they go after a time."""

from typing import Final

from alembic import op

revision: Final = "0007"
down_revision: Final = "0006"

_UP: Final = """
alter table control.idempotency drop constraint idempotency_tenant_fkey;
create index idempotency_at on control.idempotency (at);

create function control.forget_answers(hours integer) returns void
language sql security definer set search_path = '' as $$
  delete from control.idempotency where at < now() - make_interval(hours => hours)
$$;
revoke all on function control.forget_answers(integer) from public;
grant execute on function control.forget_answers(integer) to ar_api;
"""

_DOWN: Final = """
drop function control.forget_answers(integer);
drop index control.idempotency_at;
delete from control.idempotency where tenant not in (select tenant from control.tenant);
alter table control.idempotency add constraint idempotency_tenant_fkey
  foreign key (tenant) references control.tenant;
"""


def upgrade() -> None:
    """What concerns no single tenant stands under `*`, which no tenant can be called."""
    op.get_bind().exec_driver_sql(_UP)


def downgrade() -> None:
    """Of tenants alone, and for ever."""
    op.get_bind().exec_driver_sql(_DOWN)
