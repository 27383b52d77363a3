"""Where versions of the access document come from, as those of configurations."""

from typing import Final

from alembic import op

revision: Final = "0008"
down_revision: Final = "0007"

_UP: Final = """
alter table control.access_document
  add column login text not null default '',
  add column source text not null default '',
  add column source_ref text not null default '',
  add column note text not null default '';
"""

_DOWN: Final = """
alter table control.access_document drop column login, drop column source, drop column source_ref, drop column note;
"""


def upgrade() -> None:
    """What is there has none: nothing was written to the table before."""
    op.get_bind().exec_driver_sql(_UP)


def downgrade() -> None:
    """Without it only the author is known."""
    op.get_bind().exec_driver_sql(_DOWN)
