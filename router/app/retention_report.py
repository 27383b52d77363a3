"""Look at how old the oldest of each kind is: in Kafka, and in Redis and the audit log where these are configured."""

from router.adapters.kafka.ages import TopicAges
from router.adapters.redis.silences import SilenceRepository
from router.adapters.redis.tenants import TenantRepository
from router.app.auditing import open_audit
from router.app.connections import signatures
from router.app.options import consumer_options, kafka_connection
from router.app.retention import topics_of
from router.app.toolbox import open_redis
from router.control.retention_report import KindAge, silences_age, topic_ages
from router.core.model.instant import HOUR, NEVER, Instant, Span
from router.core.model.rules.silence import SilenceState
from router.settings import Settings


async def retention_ages(settings: Settings) -> tuple[KindAge, ...]:
    """Every kind that a setting of `RETENTION__` is about, and silences, as far as they can be asked about here.

    Raises:
        ConfigurationError: no Kafka is configured.
        UnavailableError: something does not answer.
    """
    topics = topics_of(settings)
    found = topic_ages(topics, await _topics(settings).oldest(list(topics)))
    if settings.redis.url:
        found = (*found, await _silences(settings))
    return (*found, await _audit_age(settings)) if settings.audit.url else found


async def _silences(settings: Settings) -> KindAge:
    async with open_redis(settings) as redis:
        stored, now = SilenceRepository(redis, signatures(settings)), await redis.now()
        tenants = await TenantRepository(redis, signatures(settings)).listed()
        silences = [one for tenant in tenants for one in await stored.all_of(tenant)]
        return silences_age(one.ends_at for one in silences if one.state(now) is SilenceState.EXPIRED)


def _topics(settings: Settings) -> TopicAges:
    return TopicAges(kafka_connection(settings), consumer_options(settings).max_unpacked)


async def _audit_age(settings: Settings) -> KindAge:
    promised = Span(settings.retention.audit_days * 24 * HOUR)
    return KindAge("PostgreSQL:audit", "audit", promised, await _oldest_entry(settings), is_least=True)


async def _oldest_entry(settings: Settings) -> Instant:
    async with open_audit(settings) as audit, audit.log.snapshot() as snapshot:
        async for row in snapshot.rows():
            return row.at
    return NEVER
