"""All commands of `alert-router`."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from router.app.running import run_gateway, run_worker
from router.app.signals import run_until_signal
from router.app.up import run_up
from router.cli import route, schema, secret, send_test, tenant, token, upstream
from router.demo.run import run_demo
from router.settings import read_settings
from router.telemetry import configure_logging

app = typer.Typer(
    name="alert-router",
    help="From Prometheus Alertmanager, over Kafka and Redis, to Slack channels that show the truth.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(tenant.app, name="tenant")
app.add_typer(token.app, name="token")
app.add_typer(secret.app, name="secret")
app.add_typer(route.app, name="route")
app.add_typer(schema.app, name="schema")
app.command()(upstream.upstream)
app.command("send-test")(send_test.send_test)


@app.command()
def gateway() -> None:
    """Take alerts over HTTP and append them to Kafka, until SIGTERM.

    Example: alert-router gateway
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    asyncio.run(run_until_signal(partial(run_gateway, settings)))


@app.command()
def worker() -> None:
    """Take alerts from Kafka and keep Slack true, until SIGTERM.

    Example: alert-router worker
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    asyncio.run(run_until_signal(partial(run_worker, settings)))


@app.command()
def demo() -> None:
    """Show the whole way on embedded engines: real webhooks in, Slack's channels and the books out; under a minute.

    Fails unless the books balance and the emulated Slack saw nothing odd.

    Example: alert-router demo
    """
    settings = read_settings()
    configure_logging("ERROR")
    asyncio.run(run_until_signal(partial(run_demo, settings)))


@app.command()
def up(
    tenants: Annotated[Path | None, typer.Option(help="A folder of tenants' files to apply first.")] = None,
    port: Annotated[int | None, typer.Option(help="The gateway's port; 0 takes a free one.")] = None,
) -> None:
    """Run everything in one process, with an embedded engine for each service that is not configured.

    Prints one JSON line on stdout when ready, and logs on stderr. Embedded engines keep nothing.

    Example: alert-router up --tenants tenants/
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    asyncio.run(run_until_signal(partial(run_up, settings, tenants, port)))
