"""Once the control API runs, what was promised to go is gone, also where nobody changes anything."""

from datetime import timedelta
from typing import Final

from prometheus_client import CollectorRegistry

from router.adapters.redis.silences import SilenceRepository
from router.adapters.redis.tenants import TenantRepository
from router.core.match.matcher import parse_matchers
from router.core.model.instant import HOUR, Instant, Span
from router.core.model.rules.silence import KEPT_ENDED, Silence
from router.observe.metrics import Metrics
from tests.adapters.builders import ACME
from tests.api.serving import asking
from tests.config.samples import EXAMPLE
from tests.issuer import Issuer
from tests.record_at import RecordAt
from tests.redis_at import redis_at
from tests.waiting import eventually

LONG: Final = Span(KEPT_ENDED + HOUR)


async def an_answer(record: RecordAt, key: str, age: timedelta) -> None:
    """A request that was answered so long ago."""
    await record.ask(
        "postgres", "insert into idempotency (tenant, key, digest, at) values ('acme', %s, '', now() - %s)", key, age
    )


async def test_silences_and_answers_whose_time_has_passed_are_deleted(
    record: RecordAt, emptied: str, issuer: Issuer
) -> None:
    redis, metrics = redis_at(emptied), Metrics(CollectorRegistry())
    silences, now = SilenceRepository(redis), await redis.now()
    await TenantRepository(redis).publish(ACME, EXAMPLE)
    for name, ended in {"long": Instant(now - LONG), "just": Instant(now - HOUR)}.items():
        await silences.store(ACME, [Silence(name, (parse_matchers("a=b"),), Instant(ended - HOUR), ended, "ana")], [])
    await an_answer(record, "old", timedelta(hours=25))
    await an_answer(record, "new", timedelta(hours=23))

    async def is_clean() -> bool:
        kept = await record.ask("postgres", "select key from idempotency")
        return [one.silence_id for one in await silences.all_of(ACME)] == ["just"] and kept == [("new",)]

    async with asking(record, redis, issuer, metrics=metrics):
        await eventually(is_clean)
    await redis.close()

    assert metrics.outdated_deleted.labels("silences")._value.get() == 1
