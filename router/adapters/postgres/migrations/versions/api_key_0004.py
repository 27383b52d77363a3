"""API keys, by digest; whose one is, is found before a tenant is known, as with senders' tokens."""

from typing import Final

from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"

_UP: Final = """
create table control.api_key (
  digest text primary key,
  id text not null unique,
  tenant text not null,
  name text not null default '',
  role text not null,
  networks text[] not null default '{}',
  maker text not null,
  maker_issuer text not null default '',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index api_key_tenant on control.api_key (tenant);

create function control.api_key_of(asked text) returns setof control.api_key
language sql stable security definer set search_path = '' as $$
  select * from control.api_key where digest = asked and revoked_at is null
$$;

alter table control.api_key enable row level security;
create policy own on control.api_key to ar_api
  using (tenant = (select current_setting('app.tenant', true)));

revoke all on function control.api_key_of(text) from public;
grant execute on function control.api_key_of(text) to ar_api;
grant select, insert, update (revoked_at), delete on control.api_key to ar_api;
"""

_DOWN: Final = """
drop function control.api_key_of(text);
drop table control.api_key;
"""


def upgrade() -> None:
    """A key of the installation stands under the tenant `*`, which no tenant can be called."""
    op.get_bind().exec_driver_sql(_UP)


def downgrade() -> None:
    """Without keys."""
    op.get_bind().exec_driver_sql(_DOWN)
