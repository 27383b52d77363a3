"""What checking a tenant and sending a test message need: the same secrets, Slack and localizations as a worker."""

from collections.abc import Callable
from dataclasses import dataclass

from router.control.tenants import TenantControl
from router.ports.clock import Clock
from router.ports.control import Directory, StoredGroups
from router.ports.slack import Slack, Workspaces
from router.ports.tenants import Localizations, Secrets


@dataclass(frozen=True, slots=True)
class Toolbox:
    """Whatever there is to ask. Localizations are loaded when they are needed, because they may be what is broken."""

    clock: Clock
    tenants: TenantControl
    groups: StoredGroups
    secrets: Secrets
    slack: Slack
    directory: Directory
    workspaces: Workspaces
    load_localizations: Callable[[], Localizations]
