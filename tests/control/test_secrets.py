"""Stored secrets: found after the environment's, fresh within seconds, and never another tenant's."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import structlog
from alert_router_local.process import Engine, free_port
from slack_emulator import Emulator

from router.adapters.crypto.sealing import Sealer
from router.adapters.environment import EnvironmentSecrets
from router.adapters.redis.connection import Connection
from router.adapters.redis.secrets import SecretRepository
from router.app.compose import build_base
from router.app.worker import build_worker
from router.config.compile.tenant import compile_tenant
from router.config.read import read_document
from router.control.secrets import SecretStore
from router.control.tenant_secrets import TenantSecrets
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.core.slack.answer import TokenDead
from router.errors import ConfigurationError, SecretNotFoundError, UnavailableError
from router.ports.secrets import SealedSecrets
from router.roles.notify.credentials import Credentials, SlackCredential
from router.settings import KafkaSettings, RedisSettings, SecretsSettings, Settings, SlackSettings
from tests.adapters.builders import ACME, BETA
from tests.adapters.proxy import connected, proxied
from tests.adapters.test_sealing import NEW, OLD, text_of
from tests.config.samples import SMALL
from tests.conftest import url_of
from tests.redis_at import is_cluster
from tests.waiting import eventually

SLACK = SecretName("slack")
KEY = "alert-router:{acme}:secrets"


class Time:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def texts(redis: Connection, raw: Any) -> AsyncIterator[SecretRepository]:
    """The repository; what it has stored is removed, since secrets have no TTL."""
    repository = SecretRepository(redis)
    yield repository
    for tenant in await repository.tenants():
        await raw.delete(f"alert-router:{{{tenant}}}:secrets")


@pytest.fixture
def store(texts: SecretRepository) -> SecretStore:
    return SecretStore(texts, Sealer([NEW]))


def secrets_of(store: SecretStore, time: Time | None = None, **environment: str) -> TenantSecrets:
    return TenantSecrets(EnvironmentSecrets(environment), store, time or Time())


async def test_a_stored_secret_is_found_as_it_was_set_and_is_sealed_in_redis(store: SecretStore, raw: Any) -> None:
    await store.put(ACME, SLACK, "xoxb-1 =é")

    assert await secrets_of(store).find(ACME, SLACK) == "xoxb-1 =é"
    assert sorted(await raw.hkeys(KEY)) == [":manifest", "slack"]
    assert (await raw.hget(KEY, "slack")).startswith(f"v2:{Sealer([NEW]).newest}:")
    assert "xoxb" not in await raw.hget(KEY, "slack")
    assert "slack" not in await raw.hget(KEY, ":manifest")
    assert await raw.ttl(KEY) == -1


async def test_the_environment_wins_over_the_store(store: SecretStore) -> None:
    await store.put(ACME, SLACK, "stored")

    assert await secrets_of(store, ALERT_ROUTER_SECRET__ACME__SLACK="set").find(ACME, SLACK) == "set"


async def test_the_environment_is_enough_without_redis() -> None:
    away = Connection(f"redis://127.0.0.1:{free_port()}/0")
    secrets = secrets_of(SecretStore(SecretRepository(away), None), ALERT_ROUTER_SECRET__ACME__SLACK="set")

    assert await secrets.find(ACME, SLACK) == "set"
    with pytest.raises(UnavailableError):
        await secrets.find(BETA, SLACK)
    await away.close()


async def test_a_tenant_that_names_another_tenants_secret_finds_none(store: SecretStore) -> None:
    await store.put(BETA, SecretName("theirs"), "xoxb-theirs")

    with pytest.raises(SecretNotFoundError, match="not found; set ALERT_ROUTER_SECRET__ACME__THEIRS") as caught:
        await secrets_of(store, ALERT_ROUTER_SECRET__BETA__THEIRS="x-theirs").find(ACME, SecretName("theirs"))

    assert "alert-router secret set acme theirs" in str(caught.value)
    assert "x-theirs" not in str(caught.value)


async def test_a_text_copied_to_another_tenant_or_name_is_refused(store: SecretStore, raw: Any) -> None:
    await store.put(ACME, SLACK, "xoxb-acme")
    copied = await raw.hget(KEY, "slack")
    await raw.hset("alert-router:{beta}:secrets", "slack", copied)
    await raw.hset(KEY, "other", copied)

    for tenant, name in ((BETA, SLACK), (ACME, SecretName("other"))):
        with pytest.raises(SecretNotFoundError, match="sealed for another tenant or name"):
            await secrets_of(store).find(tenant, name)


async def test_a_stored_secret_without_a_key_says_which_setting_is_missing(
    store: SecretStore, texts: SecretRepository
) -> None:
    await store.put(ACME, SLACK, "xoxb")
    keyless = SecretStore(texts, None)

    with pytest.raises(SecretNotFoundError, match="ALERT_ROUTER_SECRETS__KEY"):
        await secrets_of(keyless).find(ACME, SLACK)
    with pytest.raises(SecretNotFoundError, match="not found"):
        await secrets_of(keyless).find(BETA, SLACK)
    with pytest.raises(ConfigurationError, match="alert-router secret key"):
        await keyless.put(ACME, SLACK, "xoxb")
    assert await keyless.names(ACME) == ["slack"]


async def test_a_changed_secret_is_used_within_seconds_and_asked_for_no_sooner(store: SecretStore, raw: Any) -> None:
    time = Time()
    secrets = secrets_of(store, time)
    await store.put(ACME, SLACK, "first")
    assert await secrets.find(ACME, SLACK) == "first"
    await store.put(ACME, SLACK, "second")
    calls = (await raw.info("commandstats"))["cmdstat_hgetall"]["calls"]

    time.now += 2.9
    assert await secrets.find(ACME, SLACK) == "first"
    assert (await raw.info("commandstats"))["cmdstat_hgetall"]["calls"] == calls
    time.now += 0.2
    assert await secrets.find(ACME, SLACK) == "second"


async def test_a_secret_that_is_set_late_is_found_at_once(store: SecretStore) -> None:
    secrets = secrets_of(store)
    with pytest.raises(SecretNotFoundError):
        await secrets.find(ACME, SLACK)

    await store.put(ACME, SLACK, "late")

    assert await secrets.find(ACME, SLACK) == "late"


async def test_a_secret_that_was_removed_or_spoilt_is_used_no_more(store: SecretStore, raw: Any) -> None:
    time = Time()
    secrets = secrets_of(store, time)
    spoils: list[Callable[[], Awaitable[Any]]] = [
        lambda: raw.hdel(KEY, "slack"),
        lambda: raw.hset(KEY, "slack", "v1:nothing"),
    ]
    for spoil in spoils:
        await store.put(ACME, SLACK, "xoxb")
        time.now += 10
        assert await secrets.find(ACME, SLACK) == "xoxb"
        await spoil()
        time.now += 10
        for _ in range(2):
            with pytest.raises(SecretNotFoundError):
                await secrets.find(ACME, SLACK)


async def test_the_last_good_secret_is_used_while_redis_is_away(valkey: Engine) -> None:
    time, way = Time(), AsyncExitStack()
    async with connected(url_of(valkey)) as direct:
        await SecretStore(SecretRepository(direct), Sealer([NEW])).put(ACME, SLACK, "xoxb")
    proxy = await way.enter_async_context(proxied(valkey.port))
    async with connected(proxy.url) as connection:
        secrets = secrets_of(SecretStore(SecretRepository(connection), Sealer([NEW])), time)
        await secrets.find(ACME, SLACK)
        await way.aclose()
        time.now += 10

        assert await secrets.find(ACME, SLACK) == "xoxb"
        with pytest.raises(UnavailableError):
            await secrets.find(BETA, SLACK)


async def test_rotation_seals_everything_with_the_newest_key_so_that_the_old_one_can_go(
    texts: SecretRepository,
) -> None:
    before = SecretStore(texts, Sealer([OLD]))
    names = [(TenantId(f"t{tenant}"), SecretName(f"s{name}")) for tenant in range(3) for name in range(2)]
    for tenant, name in names:
        await before.put(tenant, name, f"{tenant}/{name}")

    between = SecretStore(texts, Sealer([NEW, OLD]))
    first, again = await between.rotate(), await between.rotate()

    assert (first.key, first.rotated, first.unchanged, first.failed) == (Sealer([NEW]).newest, 6, 0, ())
    assert (again.rotated, again.unchanged, again.failed) == (0, 6, ())
    after = SecretStore(texts, Sealer([NEW]))
    assert [await after.find(tenant, name) for tenant, name in names] == [f"{t}/{n}" for t, n in names]


async def test_rotation_shows_of_what_it_cannot_open_leaves_it_and_goes_on(texts: SecretRepository, raw: Any) -> None:
    lost = Sealer([b"l" * 32]).seal(ACME, SLACK, 5, "lost")
    await raw.hset(KEY, "slack", lost)
    await SecretStore(texts, Sealer([OLD])).put(BETA, SLACK, "xoxb")

    outcome = await SecretStore(texts, Sealer([NEW, OLD])).rotate()

    [failure] = outcome.failed
    assert "tenant 'acme'" in failure
    assert outcome.rotated == 1
    assert await raw.hget(KEY, "slack") == lost


async def test_rotation_does_not_undo_a_secret_that_is_set_meanwhile(
    texts: SecretRepository, raw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await SecretStore(texts, Sealer([OLD])).put(ACME, SLACK, "before")
    between = SecretStore(texts, Sealer([NEW, OLD]))
    replace = texts.replace

    async def overtaken(tenant: TenantId, before: SealedSecrets, after: SealedSecrets) -> bool:
        monkeypatch.setattr(texts, "replace", replace)
        await between.put(tenant, SLACK, "meanwhile")
        return await replace(tenant, before, after)

    monkeypatch.setattr(texts, "replace", overtaken)
    outcome = await between.rotate()

    assert len(outcome.failed) == 1
    assert "rotate again" in outcome.failed[0]
    assert await between.find(ACME, SLACK) == "meanwhile"


async def test_only_secrets_are_taken_for_secrets(store: SecretStore, texts: SecretRepository, raw: Any) -> None:
    await store.put(ACME, SLACK, "xoxb")
    await raw.hset("alert-router:{ws:T1}:secrets", "x", "y")
    await raw.set("alert-router:{beta}:books", "1", ex=60)

    assert await texts.tenants() == [ACME]
    await raw.delete("alert-router:{ws:T1}:secrets")


@pytest.fixture
async def access(redis_url: str, slack: Emulator) -> AsyncIterator[Credentials]:
    """A worker's way into Slack, wired as in production, with the older key in front."""
    settings = Settings(
        kafka=KafkaSettings(bootstrap_servers="127.0.0.1:1"),
        redis=RedisSettings.model_validate({"url": redis_url, "cluster": is_cluster(redis_url)}),
        slack=SlackSettings(base_url=f"{slack.url}/api/"),
        secrets=SecretsSettings.model_validate({"key": f"{text_of(OLD)},{text_of(NEW)}"}),
    )
    base = build_base(settings, {"ALERT_ROUTER_SECRET__BETA__SLACK": "xoxb-beta"})
    assert [secret for secret in ("xoxb-beta", text_of(OLD), text_of(NEW)) if secret in repr(base)] == []
    worker = build_worker(base)
    await worker.slack.start()
    yield worker.credentials
    await worker.credentials.close()
    await worker.slack.close()
    await base.redis.close()


async def test_a_worker_uses_the_store_follows_a_change_and_shows_no_secret(
    store: SecretStore, access: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("router.control.tenant_secrets._KEPT_S", 0.1)
    tenant = compile_tenant(read_document(SMALL, "acme"), 1)
    seen = []

    async def found(kind: type) -> object:
        seen.append(await access.find(tenant))
        return seen[-1] if isinstance(seen[-1], kind) else None

    with structlog.testing.capture_logs() as logs:
        await store.put(ACME, SLACK, "xoxb-wrong")
        await eventually(lambda: found(TokenDead))
        await store.put(ACME, SLACK, "xoxb-acme")
        credentials = await eventually(lambda: found(SlackCredential))

    assert isinstance(credentials, SlackCredential)
    assert credentials.token == "xoxb-acme"
    assert "xoxb" not in repr((logs, seen))


def test_no_repr_shows_what_is_kept_in_memory() -> None:
    class Stored(SecretStore):
        def __init__(self) -> None:
            super().__init__(None, Sealer([NEW]))  # type: ignore[arg-type]

    environment = EnvironmentSecrets({"ALERT_ROUTER_SECRET__ACME__SLACK": "xoxb-set"})
    secrets = TenantSecrets(environment, Stored())
    secrets._keep(ACME, SLACK, "xoxb-kept")

    assert "xoxb" not in repr((environment, secrets, secrets._store))
