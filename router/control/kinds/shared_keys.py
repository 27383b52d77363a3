"""The kinds that are keys of a Slack workspace, or of the index that all tenants share."""

from typing import Final

from router.control.kinds.kind import Ending, Erasure, Kept, Kind, Place, Whose

_BUCKET: Final = Kept("until full again", Ending.EXPIRY)
_DAY: Final = Kept("a day", Ending.EXPIRY)
_WEEK: Final = Kept("a week", Ending.EXPIRY)
_MINUTES: Final = Kept("minutes", Ending.EXPIRY)
_MONTH: Final = Kept("30 days", Ending.EXPIRY)
_FOR_EVER: Final = Kept("for ever", Ending.NOTHING)
_REPLACED: Final = Kept("until replaced", Ending.PROGRAM)


def _of_workspace(name: str, holds: str, purpose: str, kept: Kept, erasure: Erasure = Erasure.UNTOUCHED) -> Kind:
    whose = Whose.INSTALLATION if erasure is Erasure.UNTOUCHED else Whose.TENANTS
    return Kind(Place.WORKSPACE_KEYS, name, holds, purpose, whose, kept, erasure)


def _shared(name: str, holds: str, purpose: str, kept: Kept, erasure: Erasure) -> Kind:
    return Kind(Place.INDEX_KEYS, name, holds, purpose, Whose.TENANTS, kept, erasure)


def _of_nobody(name: str, holds: str, purpose: str, kept: Kept) -> Kind:
    return Kind(Place.INDEX_KEYS, name, holds, purpose, Whose.INSTALLATION, kept, Erasure.UNTOUCHED)


WORKSPACE_KEYS: Final = (
    _of_workspace("post", "bucket of posts", "Slack's pace", _BUCKET),
    _of_workspace("update", "bucket of edits", "Slack's pace", _BUCKET),
    _of_workspace("history", "bucket of searches", "Slack's pace", _BUCKET),
    _of_workspace("channel", "buckets of channels", "Slack's pace", _BUCKET),
    _of_workspace("tenant", "buckets of tenants, by id", "the tenant's pace", _BUCKET, Erasure.EXPIRES),
    _of_workspace("turns", "ids of tenants that wait", "turns", _MINUTES, Erasure.EXPIRES),
    _of_workspace("request", "ids of calls", "charged once", _MINUTES, Erasure.EXPIRES),
    _of_workspace("busy", "ids of calls in flight", "one call a channel", _MINUTES, Erasure.EXPIRES),
    _of_workspace("digests", "ids of digests that are shown", "pace of digests", _MINUTES, Erasure.EXPIRES),
    _of_workspace("hold", "what Slack has stopped", "Slack's pace", _DAY),
    _of_workspace("dead", "dead channels", "they are left alone", _DAY),
    _of_workspace("name", "ids of channels by name", "Slack's pace", _DAY),
    _of_workspace("last", "the id that a name had last", "Slack's pace", _WEEK),
    _of_workspace("blocks", "which blocks Slack takes", "layout", _DAY),
    _of_workspace("nothing", "never there", "scripts while Redis is full", Kept("at once", Ending.EXPIRY)),
)

INDEX_KEYS: Final = (
    _shared("tenants", "ids of tenants by their last change", "changes are found", _FOR_EVER, Erasure.TOMBSTONE),
    _shared("removed", "ids of tenants that were removed", "removed is not lost", _FOR_EVER, Erasure.TOMBSTONE),
    _shared("erased", "erasures of tenants by id: when, how far", "an id is never given twice", _FOR_EVER,
            Erasure.TOMBSTONE),
    _shared("elsewhere", "cells of tenants of other cells, by id", "senders are sent there", _FOR_EVER,
            Erasure.TOMBSTONE),
    _shared("projected", "generations of the record by tenant", "fence", _FOR_EVER, Erasure.TOMBSTONE),
    _shared("turns", "ids of tenants by whose turn it is", "turns", _REPLACED, Erasure.ENTRIES),
    _shared("served", "ids of tenants that were served", "turns", _MINUTES, Erasure.ENTRIES),
    _shared("tokens", "digests of senders' tokens", "senders are known", Kept("until revoked", Ending.PROGRAM),
            Erasure.ENTRIES),
    _shared("token-uses", "when a token was used", "unused ones are seen", Kept("until revoked", Ending.PROGRAM),
            Erasure.ENTRIES),
    _shared("token-changes", "digests that were changed last", "gateways follow", Kept("an hour", Ending.EXPIRY),
            Erasure.EXPIRES),
    _shared("tokens-revoked", "digests that were revoked", "none is brought back", _MONTH, Erasure.EXPIRES),
    _shared("workspaces", "digests of bots' tokens with their workspace", "budgets", _FOR_EVER, Erasure.ENTRIES),
    _shared("holding", "ids of tenants whose records wait", "heartbeats", _MINUTES, Erasure.ENTRIES),
    _shared("heard", "ids of tenants by their last alert", "metrics", _MONTH, Erasure.ENTRIES),
    _shared("busy", "ids of tenants by their alerts in an hour", "metrics", Kept("three hours", Ending.EXPIRY),
            Erasure.ENTRIES),
    _shared("troubles", "troubles with ids of tenants", "operators see them", _DAY, Erasure.EXPIRES),
    _shared("trouble-counts", "how often troubles were met", "operators see them", _DAY, Erasure.EXPIRES),
    _shared("redriven", "places of dead letters that were redriven", "once", Kept("25 hours", Ending.EXPIRY),
            Erasure.EXPIRES),
    _of_nobody("operators", "messages in the operators' channel", "operators see troubles", _MONTH),
    _of_nobody("generation", "life of the index", "lost data is known as lost", _FOR_EVER),
    _of_nobody("recovering", "who puts lost data together", "one process does", _MINUTES),
    _of_nobody("sequence", "number of the last change", "changes are found", _FOR_EVER),
    _of_nobody("hold", "since when nothing is sent", "hold", Kept("until released", Ending.PROGRAM)),
    _of_nobody("managed", "id of the record", "drift is refused", _FOR_EVER),
    _of_nobody("cell", "the cell of this Redis", "no other is projected", _FOR_EVER),
    _of_nobody("health", "a write", "readiness", Kept("a second", Ending.EXPIRY)),
    _of_nobody("runs", "runs of Redis", "lost data is known as lost", _DAY),
    _of_nobody("read", "until when partitions were read", "heartbeats", _DAY),
    _of_nobody("open", "since when senders reach us", "heartbeats", _DAY),
    _of_nobody("watcher", "who looks at heartbeats", "one worker does", _MINUTES),
    _of_nobody("nothing", "never there", "scripts while Redis is full", Kept("at once", Ending.EXPIRY)),
)  # fmt: skip
