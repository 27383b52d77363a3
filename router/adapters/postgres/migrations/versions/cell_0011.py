"""The cell that a tenant's active version names: projectors of one cell know so who is of another."""

from typing import Final

from alembic import op

revision: Final = "0011"
down_revision: Final = "0010"

_STANDING: Final = """
drop function control.standing();
create function control.standing()
returns table (
  tenant text, state text, version integer, generation bigint, projected bigint, projected_at timestamptz{more}
)
language sql stable security definer set search_path = '' as $$
  select t.tenant, t.state, a.version, a.generation, p.generation, p.at{cell}
  from control.tenant t join control.active a using (tenant) join control.projected p using (tenant)
$$;
revoke all on function control.standing() from public;
grant execute on function control.standing() to ar_api, ar_projector, ar_auditor;
"""

_UP: Final = """
alter table control.active add column cell text;
grant update (cell) on control.active to ar_api;
"""

_DOWN: Final = "alter table control.active drop column cell;"


def upgrade() -> None:
    """No version that is there names a cell."""
    op.get_bind().exec_driver_sql(_UP)
    op.get_bind().exec_driver_sql(_STANDING.format(more=", cell text", cell=", a.cell"))


def downgrade() -> None:
    """Whoever is of a cell is served everywhere, as by a release that knows none."""
    op.get_bind().exec_driver_sql(_STANDING.format(more="", cell=""))
    op.get_bind().exec_driver_sql(_DOWN)
