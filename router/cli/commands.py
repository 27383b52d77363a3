"""All commands of `alert-router`."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from alert_router_local.demo.run import run_demo
from alert_router_local.seeding import run_emulator
from alert_router_local.up import run_up

from router.app.lifecycle import run_gateway, run_worker
from router.app.shutdown import run_until_shutdown
from router.cli import preview, route, schema, secret, send_test, tenant, token, upstream
from router.observe.logging import configure_logging
from router.settings import read_settings

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
app.command()(preview.preview)
app.command()(upstream.upstream)
app.command("send-test")(send_test.send_test)


@app.command()
def gateway() -> None:
    """Take alerts over HTTP and append them to Kafka, until SIGTERM.

    Example: alert-router gateway
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    asyncio.run(run_until_shutdown(partial(run_gateway, settings)))


@app.command()
def worker() -> None:
    """Take alerts from Kafka and keep Slack true, until SIGTERM.

    Example: alert-router worker
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    asyncio.run(run_until_shutdown(partial(run_worker, settings)))


@app.command()
def demo(
    *,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave all running after the report, until Ctrl-C, to try it by hand.")
    ] = False,
) -> None:
    """Show the whole way on embedded engines in under a minute: real webhooks in, Slack and the books out.

    A web page, whose address is printed first, shows the channels live.

    Fails unless the books balance and the emulated Slack saw nothing odd.

    Example: alert-router demo --keep
    """
    settings = read_settings()
    configure_logging("ERROR")
    asyncio.run(run_until_shutdown(partial(run_demo, settings, keep=keep)))


@app.command()
def up(
    tenants: Annotated[Path | None, typer.Option(help="A folder of tenants' files to apply first.")] = None,
    port: Annotated[int | None, typer.Option(help="The gateway's port; 0 takes a free one.")] = None,
) -> None:
    """Run everything in one process, with an embedded engine for each service that is not configured.

    Prints one JSON line on stdout when ready, and logs on stderr. Embedded engines keep nothing.

    An embedded Slack shows its channels on a web page, whose address is `page` in that line.

    Example: alert-router up --tenants tenants/
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    asyncio.run(run_until_shutdown(partial(run_up, settings, tenants, port)))


@app.command()
def emulator(
    tenants: Annotated[Path | None, typer.Option(help="A folder of tenants' files to be ready for.")] = None,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="The Web API's port; 0 takes a free one.")] = None,
    page_port: Annotated[int | None, typer.Option(help="Show the channels on a web page, on this port.")] = None,
) -> None:
    """Run the emulated Slack alone, with what the tenants need, until SIGTERM.

    Each tenant's bot has the token xoxb-emulated-TENANT. Prints one JSON line when ready, with the address that
    belongs into ALERT_ROUTER_SLACK__BASE_URL; keeps nothing.

    Example: alert-router emulator --tenants tenants/ --port 8090 --page-port 8091
    """
    settings = read_settings().emulator
    asyncio.run(run_emulator(settings, tenants, host, settings.port if port is None else port, page_port))
