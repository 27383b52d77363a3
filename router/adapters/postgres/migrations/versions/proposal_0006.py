"""Changes that wait for a second person."""

from typing import Final

from alembic import op

revision: Final = "0006"
down_revision: Final = "0005"

_UP: Final = """
create table control.proposal (
  tenant text not null,
  number integer not null,
  part text not null,
  base integer not null,
  document text not null,
  summary text not null,
  diff text not null,
  source text not null,
  source_ref text not null,
  author text not null,
  login text not null,
  note text not null,
  authors text[] not null,
  state text not null default 'open' check (state in ('open', 'approved', 'rejected', 'withdrawn')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  decided_by text not null default '',
  decided_at timestamptz,
  primary key (tenant, number)
);

alter table control.proposal enable row level security;
create policy own on control.proposal to ar_api
  using (tenant = (select current_setting('app.tenant', true)));

grant select, insert, update (state, decided_by, decided_at), delete on control.proposal to ar_api;
"""

_DOWN: Final = "drop table control.proposal;"


def upgrade() -> None:
    """A table that only the API's login reads and writes, of one tenant at a time."""
    op.get_bind().exec_driver_sql(_UP)


def downgrade() -> None:
    """Without proposals."""
    op.get_bind().exec_driver_sql(_DOWN)
