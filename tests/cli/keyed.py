"""A tenant's first keys, as workers make them: commands make none."""

from router.adapters.redis.tenant_keys import KeyRepository
from router.app.key_services import key_service
from router.core.seal.envelope import KeyPurpose
from router.core.seal.epochs import next_keys
from router.settings import SealingSettings, Settings
from tests.adapters.builders import ACME, NOON
from tests.redis_at import redis_at


async def keyed(engine: str, sealing: SealingSettings) -> None:
    """Store keys of all purposes, wrapped by what these settings name."""
    service = key_service(Settings(sealing=sealing))
    assert service is not None
    made = {key: await service.wrap(ACME, key, bytes(32)) for key in next_keys({}, KeyPurpose, NOON)}
    redis = redis_at(engine)
    await KeyRepository(redis).put(ACME, made)
    await redis.close()
