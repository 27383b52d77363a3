"""The leaf of each entry of the audit log stands beside its bytes, so that a changed byte is named with its entry."""

from typing import Final

from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"

_UP: Final = r"""
alter table control.audit add column leaf bytea check (octet_length(leaf) = 32);
update control.audit set leaf = sha256('\x00'::bytea || entry);
alter table control.audit alter column leaf set not null;
"""


def upgrade() -> None:
    """What was written before has the leaf that its bytes have, as RFC 6962 hashes one."""
    op.get_bind().exec_driver_sql(_UP)


def downgrade() -> None:
    """Without leaves."""
    op.get_bind().exec_driver_sql("alter table control.audit drop column leaf")
