"""`alert-router gateway`, `worker`, `projector` and `control serve`: the roles of a deployment."""

from functools import partial

from router.app.controlling import run_control
from router.app.event_loop import run
from router.app.lifecycle import run_gateway, run_worker
from router.app.projecting import run_projector
from router.app.shutdown import run_until_shutdown
from router.observe.logging import configure_logging
from router.settings import read_settings


def gateway() -> None:
    """Take alerts over HTTP and append them to Kafka, until SIGTERM.

    Example: alert-router gateway
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    run(run_until_shutdown(partial(run_gateway, settings)))


def worker() -> None:
    """Take alerts from Kafka and keep Slack true, until SIGTERM.

    Example: alert-router worker
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    run(run_until_shutdown(partial(run_worker, settings)))


def control() -> None:
    """Answer the control API over HTTP, until SIGTERM; any number may run.

    Example: alert-router control serve
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    run(run_until_shutdown(partial(run_control, settings)))


def projector() -> None:
    """Bring what is recorded in PostgreSQL to Redis, until SIGTERM; any number may run.

    Example: alert-router projector
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    run(run_until_shutdown(partial(run_projector, settings)))
