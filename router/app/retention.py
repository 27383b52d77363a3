"""For how long topics keep records, by the settings."""

from collections.abc import Mapping

from router.core.model.instant import HOUR, Span
from router.settings import Settings


def kept_in_topics(settings: Settings) -> Mapping[str, Span]:
    """By topic that workers read or write."""
    kafka, kept = settings.kafka, settings.retention
    inbound = dict.fromkeys([*kafka.bound_topics, *kafka.event_topics, kafka.inbound_topic], kept.inbound_hours)
    others = {
        kafka.held_topic: kept.held_hours,
        kafka.dead_letter_topic: 24 * kept.dead_letter_days,
        kafka.events_topic: 24 * kept.events_days,
    }
    return {topic: Span(hours * HOUR) for topic, hours in (inbound | others).items()}
