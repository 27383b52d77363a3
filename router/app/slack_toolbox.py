"""Open what checks and test messages work with: Redis, and Slack with a worker's settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.workspaces import WorkspaceRepository
from router.adapters.slack.client import SlackClient
from router.adapters.slack.directory import SlackDirectory
from router.app.connections import signatures, tenant_secrets
from router.app.localizations import load_localizations
from router.app.sealing import reading_vault
from router.app.slack import slack_client
from router.app.toolbox import open_redis
from router.control.tenants import TenantControl
from router.control.toolbox import Toolbox
from router.ports.control import Directory
from router.settings import Settings, process_environment


@asynccontextmanager
async def open_toolbox(settings: Settings) -> AsyncIterator[Toolbox]:
    """All of it, closed afterwards."""
    async with open_redis(settings) as redis:
        slack = slack_client(settings)
        try:
            await slack.start()
            yield _toolbox(settings, redis, slack)
        finally:
            await slack.close()


@asynccontextmanager
async def open_directory(settings: Settings) -> AsyncIterator[Directory]:
    """Slack alone."""
    slack = slack_client(settings)
    try:
        await slack.start()
        yield SlackDirectory(slack)
    finally:
        await slack.close()


def _toolbox(settings: Settings, redis: Connection, slack: SlackClient) -> Toolbox:
    groups = GroupStore(redis, reading_vault(settings, redis))
    return Toolbox(
        clock=redis,
        tenants=TenantControl(TenantRepository(redis, signatures(settings)), groups),
        groups=groups,
        secrets=tenant_secrets(settings, redis, process_environment()),
        slack=slack,
        directory=SlackDirectory(slack),
        workspaces=WorkspaceRepository(redis),
        load_localizations=partial(load_localizations, settings),
    )
