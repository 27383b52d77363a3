"""What Alembic runs: the steps, bounded in how long it waits and how long it takes."""

from alembic import context

from router.adapters.postgres.tables import SCHEMA


def run() -> None:
    """Run the steps on the connection that `migrating` hands over, which is in a transaction of the owner."""
    connection = context.config.attributes["connection"]
    connection.exec_driver_sql("set local lock_timeout = '5s'")
    connection.exec_driver_sql("set local statement_timeout = '60s'")
    connection.exec_driver_sql(f"create schema if not exists {SCHEMA}")
    context.configure(connection=connection, version_table_schema=SCHEMA)
    with context.begin_transaction():
        context.run_migrations()


run()
