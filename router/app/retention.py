"""For how long topics keep records, by the settings."""

from collections.abc import Iterable, Mapping

from router.app.pools import held_topics, inbound_topics
from router.core.model.instant import HOUR, Span
from router.settings import Settings


def kept_in_topics(settings: Settings) -> Mapping[str, Span]:
    """By topic that workers read or write."""
    return {topic: kept for topic, (_, kept) in topics_of(settings).items()}


def topics_of(settings: Settings) -> Mapping[str, tuple[str, Span]]:
    """The topics that workers read or write, with the setting that names each, and for how long it keeps records."""
    kafka, kept = settings.kafka, kept_by_setting(settings)
    topics: Mapping[str, Iterable[str]] = {
        "kafka.bound_topics": kafka.bound_topics,
        "kafka.event_topics": kafka.event_topics,
        "kafka.inbound_topic": inbound_topics(kafka),
        "kafka.held_topic": held_topics(kafka),
        "kafka.dead_letter_topic": [kafka.dead_letter_topic],
        "kafka.events_topic": [kafka.events_topic],
    }
    return {topic: (setting, kept[setting]) for setting, named in topics.items() for topic in named}


def kept_by_setting(settings: Settings) -> Mapping[str, Span]:
    """By the setting that names a topic, or several."""
    kept = settings.retention
    hours = {
        "kafka.bound_topics": kept.inbound_hours,
        "kafka.event_topics": kept.inbound_hours,
        "kafka.inbound_topic": kept.inbound_hours,
        "kafka.held_topic": kept.held_hours,
        "kafka.dead_letter_topic": 24 * kept.dead_letter_days,
        "kafka.events_topic": 24 * kept.events_days,
    }
    return {setting: Span(one * HOUR) for setting, one in hours.items()}
