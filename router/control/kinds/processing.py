"""What is stored of persons, kind by kind: which data, how it is sealed, and who reads it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from router.control.kinds.kind import Place


class Category(StrEnum):
    """Which data of persons."""

    ALERTS = "what alerts hold: labels, annotations, links"
    LABELS = "labels of alerts by which groups, or series, are known"
    ERASED = "who was erased, as digests with a key"
    NAMES = "names in rules: channels, mentions"
    ACTIONS = "who did what, when and why"


class AtRest(StrEnum):
    """How it is stored."""

    OWN_KEYS = "sealed where the tenant has keys of its own, else in clear"
    PARTLY = "names of who acted, and addresses, are sealed; the rest is in clear"
    CLEAR = "in clear"


class Reader(StrEnum):
    """Which of our processes read it."""

    GATEWAYS = "gateways"
    WORKERS = "workers"
    PROJECTORS = "projectors"
    CONTROL = "control API"
    COMMANDS = "commands"
    OTHERS = "readers of the topic"


@dataclass(frozen=True, slots=True)
class Processing:
    """What a kind, by place and name, holds of persons."""

    place: Place
    name: str
    category: Category
    at_rest: AtRest
    readers: tuple[Reader, ...]


_GATEWAYS, _WORKERS, _PROJECTORS, _CONTROL, _COMMANDS, _OTHERS = Reader
_ASKED: Final = (_CONTROL, _COMMANDS)


def _key(name: str, category: Category, at_rest: AtRest, *readers: Reader) -> Processing:
    return Processing(Place.TENANT_KEYS, name, category, at_rest, readers)


def _topic(name: str, category: Category, at_rest: AtRest, *readers: Reader) -> Processing:
    return Processing(Place.TOPICS, f"kafka.{name}", category, at_rest, readers)


def _table(name: str, category: Category, at_rest: AtRest, *readers: Reader) -> Processing:
    return Processing(Place.TABLES, name, category, at_rest, readers)


PROCESSED: Final = (
    _key("config", Category.NAMES, AtRest.CLEAR, _GATEWAYS, _WORKERS, *_ASKED),
    _key("provenance", Category.ACTIONS, AtRest.CLEAR, *_ASKED),
    _key("silences", Category.ACTIONS, AtRest.CLEAR, _WORKERS, *_ASKED),
    _key("projected", Category.ACTIONS, AtRest.CLEAR, _PROJECTORS, *_ASKED),
    _key("g", Category.ALERTS, AtRest.OWN_KEYS, _WORKERS, *_ASKED),
    _key("subjects", Category.ERASED, AtRest.CLEAR, _GATEWAYS, _WORKERS, *_ASKED),
    _key("related", Category.LABELS, AtRest.OWN_KEYS, _WORKERS, *_ASKED),
    _key("metrics", Category.LABELS, AtRest.CLEAR, _GATEWAYS, _WORKERS),
    _topic("inbound_topic", Category.ALERTS, AtRest.OWN_KEYS, _GATEWAYS, _WORKERS),
    _topic("bound_topics", Category.ALERTS, AtRest.CLEAR, _WORKERS),
    _topic("event_topics", Category.ALERTS, AtRest.CLEAR, _WORKERS),
    _topic("held_topic", Category.ALERTS, AtRest.OWN_KEYS, _WORKERS),
    _topic("dead_letter_topic", Category.ALERTS, AtRest.OWN_KEYS, *_ASKED),
    _topic("events_topic", Category.LABELS, AtRest.OWN_KEYS, _WORKERS, _COMMANDS, _OTHERS),
    _table("configuration", Category.ACTIONS, AtRest.CLEAR, _PROJECTORS, *_ASKED),
    _table("api_key", Category.ACTIONS, AtRest.CLEAR, *_ASKED),
    _table("proposal", Category.ACTIONS, AtRest.CLEAR, *_ASKED),
    _table("erased_person", Category.ERASED, AtRest.CLEAR, _PROJECTORS),
    _table("idempotency", Category.ACTIONS, AtRest.CLEAR, _CONTROL),
    _table("audit", Category.ACTIONS, AtRest.PARTLY, *_ASKED),
    _table("access_document", Category.ACTIONS, AtRest.CLEAR, *_ASKED),
)
