"""`alert-router up`, `demo` and `emulator`: everything on one machine, by the packages of the extra `local`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from router.app.event_loop import run
from router.app.shutdown import run_until_shutdown
from router.cli.extra import needing_local
from router.observe.logging import configure_logging
from router.settings import read_settings


def demo(
    *,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Leave everything running after the report, until Ctrl-C, to try it by hand."),
    ] = False,
) -> None:
    """Run the complete flow on embedded engines in under a minute: real webhooks in, Slack and the books out.

    A web page, whose address is printed first, shows the channels live.

    Fails unless the books balance and the emulator reported no anomaly.

    Example: alert-router demo --keep
    """
    with needing_local("demo"):
        from alert_router_local.demo.run import run_demo
    settings = read_settings()
    configure_logging("ERROR")
    run(run_until_shutdown(partial(run_demo, settings, keep=keep)))


def up(
    tenants: Annotated[Path | None, typer.Option(help="A folder of tenants' files to apply first.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The gateway's port; 0 takes a free one.")
    ] = None,
    *,
    control: Annotated[
        bool, typer.Option("--control", help="Embed PostgreSQL too, as the record of tenants.")
    ] = False,
) -> None:
    """Run everything in one process, with an embedded engine for each service that is not configured.

    Prints one JSON line on stdout when ready, and logs on stderr. Embedded engines keep nothing.

    An embedded Slack shows its channels on a web page, whose address is `page` in that line. With --control an
    embedded PostgreSQL takes in what Redis holds, and `postgres` in that line has its addresses.

    Example: alert-router up --tenants tenants/
    """
    with needing_local("up"):
        from alert_router_local.up import run_up
    settings = read_settings()
    configure_logging(settings.log_level)
    run(run_until_shutdown(partial(run_up, settings, tenants, port, control=control)))


def emulator(
    tenants: Annotated[Path | None, typer.Option(help="A folder of tenants' files to be ready for.")] = None,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The Web API's port; 0 takes a free one.")
    ] = None,
    page_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Show the channels on a web page, on this port.")
    ] = None,
) -> None:
    """Run the emulated Slack alone, with what the tenants need, until SIGTERM.

    Each tenant's bot has the token xoxb-emulated-TENANT. Prints one JSON line when ready, with the address that
    belongs into ALERT_ROUTER_SLACK__BASE_URL; keeps nothing.

    Example: alert-router emulator --tenants tenants/ --port 8090 --page-port 8091
    """
    with needing_local("emulator"):
        from alert_router_local.seeding import run_emulator
    settings = read_settings().emulator
    run(run_emulator(settings, tenants, host, settings.port if port is None else port, page_port))
