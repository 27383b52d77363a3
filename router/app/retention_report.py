"""Look at how old the oldest of each kind is: in Kafka, and in the audit log where one is configured."""

from router.adapters.kafka.ages import TopicAges
from router.app.auditing import open_audit
from router.app.options import consumer_options, kafka_connection
from router.app.retention import topics_of
from router.control.retention_report import KindAge, topic_ages
from router.core.model.instant import HOUR, NEVER, Instant, Span
from router.settings import Settings


async def retention_ages(settings: Settings) -> tuple[KindAge, ...]:
    """Every kind that a setting of `RETENTION__` is about, as far as it can be asked here.

    Raises:
        ConfigurationError: no Kafka is configured.
        UnavailableError: something does not answer.
    """
    topics = topics_of(settings)
    found = topic_ages(topics, await _topics(settings).oldest(list(topics)))
    return (*found, await _audit_age(settings)) if settings.audit.url else found


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
