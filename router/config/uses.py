"""How much a valid document has of what is bounded."""

from collections.abc import Iterator

from router.config.bounds import (
    MAX_CHANNELS,
    MAX_HEARTBEATS,
    MAX_INHIBIT_RULES,
    MAX_INTERVALS,
    MAX_MATCHERS,
    MAX_METRICS,
    MAX_PATTERN_SIZE,
    MAX_PATTERNS,
    MAX_RECEIVERS,
    MAX_REDACTION_SIZE,
    MAX_ROUTES,
    MAX_SPECS,
    MAX_TEMPLATES,
    all_patterns,
    matchers_of,
    plain_routes,
)
from router.config.document.tenant import TenantDocument
from router.config.tree import MAX_BYTES
from router.core.budget.uses import Quota, Use
from router.core.match.patterns import compiled_pattern


def uses_of(document: TenantDocument, text: str) -> list[Use]:
    """All that is bounded of a document, and of the text that it was read from."""
    size = Use(Quota.CONFIGURATION_BYTES, len(text.encode(errors="surrogatepass")), MAX_BYTES)
    return [size, *_routes(document), *_patterns(document), *_lists(document)]


def _routes(document: TenantDocument) -> Iterator[Use]:
    routes = [route for _, route in plain_routes(document.plain()["route"], ())]
    yield Use(Quota.ROUTES, len(routes), MAX_ROUTES)
    yield Use(Quota.MATCHERS, sum(map(matchers_of, routes)), MAX_MATCHERS)


def _patterns(document: TenantDocument) -> Iterator[Use]:
    different = {(name, pattern) for _, name, pattern in all_patterns(document)}
    yield Use(Quota.PATTERNS, len(different), MAX_PATTERNS)
    yield Use(Quota.PATTERN_SIZE, sum(pattern.size for _, pattern in different), MAX_PATTERN_SIZE)
    redacting = sum(compiled_pattern(text).size for text in document.redact.patterns)
    yield Use(Quota.REDACTION_SIZE, redacting, MAX_REDACTION_SIZE)


def _lists(document: TenantDocument) -> Iterator[Use]:
    yield Use(Quota.RECEIVERS, len(document.receivers), MAX_RECEIVERS)
    yield Use(Quota.TEMPLATES, len(document.templates), MAX_TEMPLATES)
    yield Use(Quota.HEARTBEATS, len(document.heartbeats), MAX_HEARTBEATS)
    yield Use(Quota.INHIBIT_RULES, len(document.inhibit_rules), MAX_INHIBIT_RULES)
    yield Use(Quota.METRICS, len(document.metrics), MAX_METRICS)
    yield Use(Quota.INTERVALS, len(document.time_intervals), MAX_INTERVALS)
    yield Use(Quota.INTERVAL_PARTS, sum(len(one.time_intervals) for one in document.time_intervals), MAX_SPECS)
    yield Use(Quota.CHANNELS, len(document.platform.slack.channels or ()), MAX_CHANNELS)
