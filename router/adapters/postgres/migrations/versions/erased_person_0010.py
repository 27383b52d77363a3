"""People whose data was erased, as keyed digests: projectors keep them here, so that a lost Redis gets them back."""

from typing import Final

from alembic import op

revision: Final = "0010"
down_revision: Final = "0009"

_UP: Final = """
create table control.erased_person (
  tenant text not null references control.tenant,
  part text not null,
  text text not null,
  until timestamptz not null,
  primary key (tenant, part)
);

alter table control.erased_person enable row level security;
create policy own on control.erased_person to ar_api
  using (tenant = (select current_setting('app.tenant', true)));
create policy every on control.erased_person to ar_projector using (true);

grant select, delete on control.erased_person to ar_api;
grant select, insert, delete, update (text, until) on control.erased_person to ar_projector;
"""

_DOWN: Final = "drop table control.erased_person;"


def upgrade() -> None:
    """Projectors fill it from what Redis has."""
    op.get_bind().exec_driver_sql(_UP)


def downgrade() -> None:
    """Without the lists: those in Redis stay."""
    op.get_bind().exec_driver_sql(_DOWN)
