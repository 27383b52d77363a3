"""Of which commit a version is, where a pipeline has applied it."""

from typing import Final

from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"


def upgrade() -> None:
    """Versions that are there have none: they count as applied by hand."""
    op.get_bind().exec_driver_sql("alter table control.configuration add column source_ref text not null default ''")


def downgrade() -> None:
    """Without it all count as applied by hand."""
    op.get_bind().exec_driver_sql("alter table control.configuration drop column source_ref")
