"""Tenants' own keys, wrapped: projectors keep them here, so that a Redis that is lost gets them back."""

from typing import Final

from alembic import op

revision: Final = "0009"
down_revision: Final = "0008"

_UP: Final = """
create table control.tenant_key (
  tenant text not null references control.tenant,
  purpose text not null,
  epoch bigint not null,
  wrapped text not null,
  primary key (tenant, purpose, epoch)
);

alter table control.tenant_key enable row level security;
create policy own on control.tenant_key to ar_api
  using (tenant = (select current_setting('app.tenant', true)));
create policy every on control.tenant_key to ar_projector using (true);

grant select, delete on control.tenant_key to ar_api;
grant select, insert, update (wrapped) on control.tenant_key to ar_projector;
"""

_DOWN: Final = "drop table control.tenant_key;"


def upgrade() -> None:
    """A key that was destroyed keeps its row, with nothing in it."""
    op.get_bind().exec_driver_sql(_UP)


def downgrade() -> None:
    """Without keys: those in Redis stay."""
    op.get_bind().exec_driver_sql(_DOWN)
