"""What a command about one tenant works with: the same secrets, Slack, words and Redis that a worker has."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from router.adapters.locale.catalogue import Catalogue
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.tenants import TenantRepository
from router.adapters.secrets import EnvironmentSecrets, TenantSecrets
from router.adapters.slack.client import SLACK_URL, SlackClient
from router.adapters.slack.directory import SlackDirectory
from router.app.compose import secret_store
from router.app.options import redis_connection, slack_timeout_s
from router.ports.tenants import Localizations
from router.settings import Settings, process_environment


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything there is to ask. Localizations are loaded when asked for, as they may be what is wrong."""

    redis: Connection
    tenants: TenantRepository
    store: GroupStore
    secrets: TenantSecrets
    slack: SlackClient
    directory: SlackDirectory
    load_localizations: Callable[[], Localizations]


@asynccontextmanager
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    """A desk, closed afterwards."""
    redis = redis_connection(settings)
    slack = SlackClient(settings.slack.base_url or SLACK_URL, slack_timeout_s(settings))
    try:
        await slack.start()
        yield Desk(
            redis=redis,
            tenants=TenantRepository(redis),
            store=GroupStore(redis),
            secrets=TenantSecrets(EnvironmentSecrets(process_environment()), secret_store(settings, redis)),
            slack=slack,
            directory=SlackDirectory(slack),
            load_localizations=lambda: Catalogue.load(settings.templates_dir, settings.locales_dir),
        )
    finally:
        await slack.close()
        await redis.close()
