"""The kinds in Kafka and in PostgreSQL."""

from typing import Final

from router.control.kinds.kind import Ending, Erasure, Kept, Kind, Place, Whose


def _topic(name: str, holds: str, purpose: str, setting: str, whose: Whose = Whose.TENANTS) -> Kind:
    return Kind(
        Place.TOPICS, name, holds, purpose, whose, Kept("", Ending.TOPIC, setting), Erasure.EXPIRES, personal=True
    )


_INBOUND: Final = "retention.inbound_hours"
_ERASED: Final = Kept("while the tenant lives", Ending.ERASURE)
_FOR_EVER: Final = Kept("for ever", Ending.NOTHING)


def _rows(name: str, holds: str, purpose: str, *, personal: bool) -> Kind:
    return Kind(Place.TABLES, name, holds, purpose, Whose.TENANT, _ERASED, Erasure.ROWS, personal)


def _stay(name: str, holds: str, purpose: str) -> Kind:
    return Kind(Place.TABLES, name, holds, purpose, Whose.TENANT, _FOR_EVER, Erasure.TOMBSTONE)


def _of_nobody(name: str, holds: str, purpose: str, *, personal: bool) -> Kind:
    return Kind(Place.TABLES, name, holds, purpose, Whose.INSTALLATION, _FOR_EVER, Erasure.UNTOUCHED, personal)


TOPICS: Final = (
    _topic("kafka.inbound_topic", "bodies as they were sent", "accepted alerts survive", _INBOUND),
    _topic("kafka.bound_topics", "bodies as they were sent", "accepted alerts survive", _INBOUND, Whose.TENANT),
    _topic("kafka.event_topics", "what an Alertmanager sent", "ends that were not posted are known", _INBOUND),
    _topic("kafka.held_topic", "bodies that wait for their tenant", "none is lost", "retention.held_hours"),
    _topic("kafka.dead_letter_topic", "bodies that cannot be used", "somebody looks", "retention.dead_letter_days"),
    _topic("kafka.events_topic", "what became of changes, no text of alerts", "audit of deliveries, recovery",
           "retention.events_days"),
    Kind(Place.TOPICS, "audit.topic", "checkpoints: digests", "the audit log's anchor", Whose.INSTALLATION,
         Kept("for ever: `retention.ms=-1`", Ending.NOTHING), Erasure.UNTOUCHED),
)  # fmt: skip

TABLES: Final = (
    _rows("configuration", "versions as written, by whom and why", "the record", personal=True),
    _rows("token", "digests of senders' tokens", "the record", personal=False),
    _rows("api_key", "digests of API keys, their roles and who made them", "access control", personal=True),
    _rows("proposal", "changes that wait for a second person, by whom and why", "four eyes", personal=True),
    _rows("secret", "sealed secrets", "the record", personal=False),
    _rows("tenant_key", "tenants' own keys, wrapped", "a lost Redis gets them back", personal=False),
    Kind(Place.TABLES, "erased_person", "keyed digests of people whose data was erased, and their key",
         "a lost Redis gets them back", Whose.TENANT,
         Kept("until Kafka has dropped what was sent before", Ending.PROGRAM), Erasure.ROWS, personal=True),
    Kind(Place.TABLES, "idempotency", "answers to requests, without what they show once",
         "a request is carried out once", Whose.TENANT,
         Kept("", Ending.PROGRAM, "retention.idempotency_hours"), Erasure.ROWS, personal=True),
    _stay("tenant", "the id and its state", "an id is never given twice"),
    _stay("active", "the generation, the cell", "Redis is brought up to date"),
    _stay("projected", "the generation that Redis holds", "Redis is brought up to date"),
    Kind(Place.TABLES, "audit", "who did what, from where and why", "evidence", Whose.TENANTS,
         Kept("at least", Ending.NOTHING, "retention.audit_days"), Erasure.EVIDENCE, personal=True),
    _of_nobody("audit_head", "edge of the audit log's tree", "evidence", personal=False),
    _of_nobody("checkpoint", "signed digests", "evidence", personal=False),
    _of_nobody("access_document", "who may do what", "access control", personal=True),
    _of_nobody("installation", "id of the record", "Redis is of one record", personal=False),
)  # fmt: skip
