"""A stored kind: where it is, whose, what for, for how long, and what an erasure does to it."""

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Where kinds are stored, as the keys, topics and tables there are called."""

    TENANT_KEYS = "{t}"
    """Redis, a tenant's own keys."""
    WORKSPACE_KEYS = "{ws}"
    """Redis, the keys of a Slack workspace."""
    INDEX_KEYS = "{index}"
    """Redis, what all tenants share."""
    TOPICS = "Kafka"
    """By the setting that names the topic."""
    TABLES = "PostgreSQL"


class Whose(StrEnum):
    """Whose it is."""

    TENANT = "a tenant's"
    TENANTS = "all tenants'"
    INSTALLATION = "nobody's"
    """It names no tenant."""


class Ending(StrEnum):
    """What ends it while its tenant lives."""

    EXPIRY = "Redis: it expires"
    PROGRAM = "we delete it"
    TOPIC = "Kafka: the topic's `retention.ms`"
    ERASURE = "erasure alone"
    NOTHING = "nothing"


class Erasure(StrEnum):
    """What becomes of a tenant's part when the tenant is erased."""

    KEYS = "deleted with all keys of the tenant"
    ENTRIES = "the tenant's entries are deleted"
    ROWS = "the tenant's rows are deleted"
    EXPIRES = "ends by itself, as before"
    TOMBSTONE = "stays: that the id was given"
    EVIDENCE = "stays: that it was done"
    UNTOUCHED = "nothing of a tenant is in it"


@dataclass(frozen=True, slots=True)
class Kept:
    """For how long it is kept, in words, what ends it, and the setting that says how long, by its path."""

    words: str
    ending: Ending
    setting: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A stored kind. `name` is the first part of the key, the setting of the topic, or the table.

    `personal` is whether it may hold data of persons: what senders write, or who did what.
    """

    place: Place
    name: str
    holds: str
    purpose: str
    whose: Whose
    kept: Kept
    erasure: Erasure
    personal: bool = False
