"""The leaf of each entry of the audit log stands beside its bytes, so that a changed byte is named with its entry."""

from typing import Final

from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"


def upgrade() -> None:
    """Leaves of what was written before cannot be made up; a log that began without them begins again."""
    op.get_bind().exec_driver_sql(
        "alter table control.audit add column leaf bytea not null check (octet_length(leaf) = 32)"
    )


def downgrade() -> None:
    """Without leaves."""
    op.get_bind().exec_driver_sql("alter table control.audit drop column leaf")
