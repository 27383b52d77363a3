"""All questions about one tenant, in the order in which its alerts meet them."""

from router.config import stored
from router.config.compiler import compile_tenant
from router.control.check.language import language_rows
from router.control.check.row import Row, State
from router.control.check.slack import slack_rows
from router.control.check.upstream import upstream_row
from router.control.toolbox import Desk
from router.core.model.instant import NEVER, to_datetime
from router.core.model.tenant import Tenant
from router.errors import ConfigurationError, SecretNotFoundError
from router.ports.tenants import ActiveDocument


async def check_tenant(desk: Desk, active: ActiveDocument) -> list[Row]:
    """Every row; a configuration that cannot be read leaves the others unasked."""
    now = await desk.redis.now()
    upstream = await upstream_row(desk.store.everything(active.tenant), active.tenant, now)
    try:
        tenant = compile_tenant(stored.load(active.text).document, active.version)
    except ConfigurationError as error:
        cure = f"apply a valid file, or go back: alert-router tenant rollback {active.tenant}"
        return [Row("configuration", State.WRONG, error.findings[0], cure), upstream]
    secret, token = await _secret(desk, tenant)
    return [
        Row("configuration", State.OK, f"version {active.version} is active and valid"),
        *_suspension(active),
        secret,
        *await slack_rows(desk.directory, tenant, token),
        *language_rows(desk.load_localizations, tenant, now),
        upstream,
    ]


def _suspension(active: ActiveDocument) -> list[Row]:
    if active.suspended_since == NEVER:
        return []
    since = to_datetime(active.suspended_since).strftime("%Y-%m-%d %H:%M:%S UTC")
    cure = f"alert-router tenant resume {active.tenant}"
    return [Row("service", State.WRONG, f"suspended since {since}: nothing is sent", cure)]


async def _secret(desk: Desk, tenant: Tenant) -> tuple[Row, str | None]:
    try:
        token = await desk.secrets.find(tenant.tenant_id, tenant.token)
    except SecretNotFoundError as error:
        found, _, cure = str(error).partition("; ")
        return Row("secret", State.WRONG, found, cure or "see alert-router secret --help"), None
    return Row("secret", State.OK, f"{tenant.token!r} is found"), token
