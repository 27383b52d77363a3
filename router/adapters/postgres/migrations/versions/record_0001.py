"""Tables of the record and of the audit log, with their owner's rights, policies and triggers."""

from pathlib import Path
from typing import Final

from alembic import op

revision: Final = "0001"
down_revision: Final = None

_HERE: Final = Path(__file__).parent


def upgrade() -> None:
    """From nothing."""
    op.get_bind().exec_driver_sql((_HERE / "record_0001.sql").read_text())


def downgrade() -> None:
    """To nothing; all rows go."""
    op.get_bind().exec_driver_sql((_HERE / "record_0001_down.sql").read_text())
