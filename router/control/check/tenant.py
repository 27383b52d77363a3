"""All checks of one tenant, in the order in which its alerts meet what is checked."""

from router.config import stored
from router.config.compile.tenant import compile_tenant
from router.control.check.blocks import check_blocks
from router.control.check.language import check_languages
from router.control.check.result import CheckResult, State
from router.control.check.slack import check_slack
from router.control.check.upstream import check_upstream
from router.control.toolbox import Toolbox
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant, to_datetime
from router.core.model.rules.tenant import Tenant
from router.errors import ConfigurationError, SecretNotFoundError
from router.ports.signing import Untrusted
from router.ports.tenants import ActiveDocument


async def check_tenant(toolbox: Toolbox, tenant_id: TenantId) -> list[CheckResult]:
    """Every result; if the configuration cannot be read, or is not trusted, only that one and the sender's.

    Raises:
        OperationError: the tenant has no configuration.
    """
    active = await toolbox.tenants.active(tenant_id)
    now = await toolbox.clock.now()
    upstream = await check_upstream(toolbox.groups.everything(tenant_id), tenant_id, now)
    if active.untrusted is not None:
        return [_untrusted(active, active.untrusted), upstream]
    try:
        tenant = compile_tenant(stored.load(active.text).document, active.version)
    except ConfigurationError as error:
        return [_unreadable(active, error), upstream]
    secret, token = await _secret(toolbox, tenant)
    return [
        CheckResult("configuration", State.OK, f"version {active.version} is active and valid"),
        *_holds(active, await toolbox.tenants.held_since()),
        secret,
        *await check_slack(toolbox.directory, tenant, token),
        *await check_blocks(toolbox.workspaces, token),
        *check_languages(toolbox.load_localizations, tenant, now),
        upstream,
    ]


def _untrusted(active: ActiveDocument, why: Untrusted) -> CheckResult:
    problem = f"version {active.version} is not what was applied: its signature is missing or wrong ({why})"
    return CheckResult("configuration", State.WRONG, problem, "apply its file again, and look who may write to Redis")


def _unreadable(active: ActiveDocument, error: ConfigurationError) -> CheckResult:
    remedy = f"apply a valid file, or go back: alert-router tenant rollback {active.tenant}"
    return CheckResult("configuration", State.WRONG, str(error.diagnostics[0]), remedy)


def _holds(active: ActiveDocument, held_since: Instant) -> list[CheckResult]:
    """What keeps the tenant's messages back by an operator's will."""
    stopped = (
        ("suspended", active.suspended_since, f"alert-router tenant resume {active.tenant}"),
        ("on hold with everybody", held_since, "alert-router release"),
    )
    return [
        CheckResult("service", State.WRONG, f"{state} since {_time(since)}: nothing is sent", remedy)
        for state, since, remedy in stopped
        if since != NEVER
    ]


def _time(instant: Instant) -> str:
    return to_datetime(instant).strftime("%Y-%m-%d %H:%M:%S UTC")


async def _secret(toolbox: Toolbox, tenant: Tenant) -> tuple[CheckResult, str | None]:
    try:
        token = await toolbox.secrets.find(tenant.tenant_id, tenant.token)
    except SecretNotFoundError as error:
        return CheckResult("secret", State.WRONG, error.problem, error.remedy), None
    return CheckResult("secret", State.OK, f"{tenant.token!r} is found"), token
