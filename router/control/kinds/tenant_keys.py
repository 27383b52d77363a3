"""The kinds that are keys of one tenant: an erasure deletes all of them together."""

from typing import Final

from router.control.kinds.kind import Ending, Erasure, Kept, Kind, Place, Whose

_FOR_EVER: Final = Kept("while the tenant lives", Ending.ERASURE)
_LIVE: Final = "alerts fire, then 24 hours or `reopen_within`"


def _own(name: str, holds: str, purpose: str, kept: Kept = _FOR_EVER, personal: str = "") -> Kind:
    """A tenant's own; `personal` is what of it may be about a person, "" for nothing."""
    words = f"{holds}; of persons: {personal}" if personal else holds
    return Kind(Place.TENANT_KEYS, name, words, purpose, Whose.TENANT, kept, Erasure.KEYS, personal=bool(personal))


def _until(words: str) -> Kept:
    return Kept(words, Ending.PROGRAM)


def _expires(words: str, setting: str = "") -> Kept:
    return Kept(words, Ending.EXPIRY, setting)


_VERSIONS: Final = _until("the last 20")
_WHILE_LIVE: Final = _until(f"while {_LIVE}")
_WHILE_THEY_COUNT: Final = _expires("while they count")

TENANT_KEYS: Final = (
    _own("epoch", "generation of the tenant's data", "lost data is known as lost"),
    _own("active", "number of the version in force", "routing"),
    _own("config", "configurations as text", "routing, rollback", _VERSIONS, "names in channels and mentions"),
    _own("applied", "when each version was applied", "history", _VERSIONS),
    _own("provenance", "where each version comes from", "history", _VERSIONS, "who applied it, and why"),
    _own("signed", "signatures of versions", "nobody else's text is taken", _VERSIONS),
    _own("subjects", "keyed digests of people whose data was erased, their key, messages that were deleted",
         "nobody brings it back", _expires("until Kafka has dropped what was sent before"), "the digests"),
    _own("suspended", "since when nothing is sent", "hold", _until("until released")),
    _own("held", "since when nothing is sent for anybody", "hold", _until("until released")),
    _own("silences", "silences", "what is not notified", _until("120 hours after their end"), "author, comment"),
    _own("secrets", "sealed secrets and their manifest", "calls to Slack", _until("until deleted")),
    _own("keys", "the tenant's own keys, wrapped", "what is stored is sealed"),
    _own("projected", "generation of the record, who wrote past it", "drift is shown", _FOR_EVER, "who, and why"),
    _own("g", "alert groups", "messages that show what is", _expires(f"while {_LIVE}"), "labels and annotations"),
    _own("where", "alerts by the groups in which they fire", "folding", _WHILE_LIVE),
    _own("marks", "marks of groups", "known bodies are folded once", _expires("minutes")),
    _own("due", "groups by when they are looked at", "schedule", _WHILE_LIVE),
    _own("lane", "groups that wait for Slack", "order of calls", _until("while any wait")),
    _own("digest", "what a digest counts", "digests", _expires(f"while {_LIVE}")),
    _own("routed", "version by which all is routed", "a change moves what is live"),
    _own("sources", "alerts that inhibit", "inhibition", _WHILE_THEY_COUNT),
    _own("awaiting", "groups that wait for an inhibition's end", "inhibition", _WHILE_THEY_COUNT),
    _own("related", "groups that others name", "related alerts", _expires("twice `stale_after`"), "names of alerts"),
    _own("episodes", "when groups fired before", "history in messages",
         _expires("after the last end", "worker.history_days")),
    _own("metrics", "the tenant's own metrics", "its page of metrics", _expires("30 days after they counted"),
         "values of labels"),
    _own("heartbeats", "when heartbeats arrived", "missing ones are notified"),
    _own("missing", "heartbeats that are notified as missing", "they are notified once"),
    _own("trace", "contexts of traces", "tracing", _expires("an hour")),
    _own("size", "alerts, groups, bytes, as counted", "caps"),
    _own("closed", "closed groups by when they expire", "caps", _WHILE_LIVE),
    _own("comparing", "who compares with the Alertmanager", "one worker does", _expires("a minute")),
    _own("noticed", "dead channels that were notified", "they are notified once", _expires("half an hour")),
    _own("quota", "buckets of senders", "quotas", _expires("until full again")),
    _own("books", "counts", "the books balance"),
    _own("outbox", "events that are not in Kafka yet", "events", _until("until they are in Kafka")),
    _own("nothing", "never there", "scripts while Redis is full", _expires("at once")),
)  # fmt: skip
