"""`alert-router tenant upstream`: what to paste into the Alertmanager that sends for a tenant; needs no engine."""

import json
import re
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer
from pydantic import TypeAdapter, ValidationError

from router.cli.options import AsJson
from router.cli.output import to_yaml
from router.config.values import TenantText
from router.control.upstream import UpstreamReceiver
from router.core.model.alert import TenantId
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

_URL: Final = "http://gateway:8080"

_ADDRESS: Final = re.compile(r"https?://[^\s?#@\x00-\x1f\x7f]+", re.IGNORECASE)

_INTERVALS: Final = {"group_interval": "30s", "repeat_interval": "4h"}

_HEAD: Final = """\
# Alertmanager's receiver for tenant {tenant}: paste it among your `receivers`.
# The token's file, readable by Alertmanager alone:  alert-router token create {tenant} > {file}
"""

_ROUTE: Final = """
# On the route that leads to it (`routes` may set these too):
#
# route:
#   receiver: {receiver}
#   group_interval: {wait}   # 10s to 1m: changes, resolves too, wait this long; folding is done here, 5m only delays
#   repeat_interval: {again}   # at most 4h: what is not sent again for 12h is shown as no longer reported
#
# send_resolved true: without it nothing ever turns green. max_alerts 0: a cut body hides alerts.
"""


def upstream(
    tenant: Annotated[str, typer.Argument(help="The tenant's id.", metavar="TENANT")],
    url: Annotated[str, typer.Option(help="Where Alertmanager reaches the gateway.")] = _URL,
    token_file: Annotated[
        str | None,
        typer.Option(help="Where Alertmanager reads the token.", show_default="/etc/alertmanager/TENANT.token"),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print the Alertmanager receiver of a tenant, ready to paste, and the intervals for its route.

    Example: alert-router tenant upstream acme --url https://alerts.example.com
    """
    name = _tenant(tenant)
    receiver = UpstreamReceiver(name, _gateway(url), token_file or f"/etc/alertmanager/{name}.token")
    if as_json:
        typer.echo(json.dumps({"receivers": [receiver.config()], "route": {"receiver": receiver.name, **_INTERVALS}}))
    else:
        typer.echo(_printed(receiver), nl=False)


def _printed(receiver: UpstreamReceiver) -> str:
    head = _HEAD.format(tenant=receiver.tenant, file=f"{receiver.tenant}.token")
    receivers = to_yaml({"receivers": [receiver.config()]})
    route = _ROUTE.format(
        receiver=receiver.name, wait=_INTERVALS["group_interval"], again=_INTERVALS["repeat_interval"]
    )
    return f"{head}{receivers}{route}"


def _tenant(text: str) -> TenantId:
    try:
        return TypeAdapter[TenantId](TenantText).validate_python(text)
    except ValidationError as error:
        raise ConfigurationError(Diagnostic(str(error.errors()[0]["ctx"]["error"]), source="TENANT")) from None


def _gateway(url: str) -> str:
    """The gateway's address, to which paths are added. An invalid one is not repeated: it may hold a password."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not _ADDRESS.fullmatch(url):
        message = f"should be the gateway's address and nothing more, for example {_URL}"
        raise ConfigurationError(Diagnostic(message, source="--url"))
    return url.rstrip("/")
