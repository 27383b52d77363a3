"""Bring the schema of the record to a step, as the owner of its tables."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from router.adapters.postgres.engine import dialect_url, no_answer
from router.adapters.postgres.tables import SCHEMA

NEWEST: Final = "head"
NOTHING: Final = "base"
_OWNER: Final = "ar_owner"
_SCRIPTS: Final = Path(__file__).parent / "migrations"


def newest_step() -> str:
    """The step that this program works with."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def steps() -> list[str]:
    """All steps that this program knows, from the first one."""
    walked = ScriptDirectory.from_config(_config()).walk_revisions()
    return [one.revision for one in walked][::-1]


def migrate(url: str, step: str = NEWEST) -> tuple[str, str]:
    """Bring the schema to a step; the steps before and after, "" for none. Nothing is done unless all is.

    Raises:
        UnavailableError: PostgreSQL does not answer, or refuses.
    """
    engine = create_engine(dialect_url(url), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"set role {_OWNER}")
            before = _step(connection)
            _move(connection, before, step)
            return before, _step(connection)
    except DBAPIError as error:
        raise no_answer(error) from error


def _move(connection: Connection, before: str, step: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    if step == NOTHING:
        if before:
            command.downgrade(config, step)
    else:
        command.upgrade(config, step)


def _step(connection: Connection) -> str:
    context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
    return context.get_current_revision() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config
