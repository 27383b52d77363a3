"""Tenants' documents: every test has a tenant of its own, and so a workspace of its own."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

Document = dict[str, Any]

QUICK: Final = {"group_interval": "100ms", "repeat_interval": "4h"}


def document(
    tenant: str,
    *,
    locale: str = "en",
    channel: str = "#alerts",
    secret: str = "slack",
    route: Mapping[str, Any] | None = None,
    receiver: Mapping[str, Any] | None = None,
    limits: Mapping[str, Any] | None = None,
    templates: Sequence[Mapping[str, Any]] = (),
    digest_above: int = 10,
    heartbeats: Sequence[Mapping[str, Any]] = (),
) -> Document:
    """A tenant with one receiver."""
    return {
        "version": 1,
        "tenant": tenant,
        "platform": {"slack": {"token": {"secret": secret}}, "limits": dict(limits or {})},
        "locale": locale,
        "time_zone": "Europe/Berlin",
        "route": {"receiver": "all", **QUICK, **(route or {})},
        "receivers": [{"name": "all", "slack": {"channel": channel, **(receiver or {})}}],
        "templates": list(templates),
        "digest": {"threshold": digest_above},
        "heartbeats": list(heartbeats),
    }


LANGUAGES: Final = {"en": "FIRING", "fr": "EN COURS", "de": "AKTIV", "es": "ACTIVA", "it": "ATTIVO"}

OWN_WORDS: Final = (
    {
        "name": "ours",
        "parts": {
            "text": "{{ mention }} Ours: {{ subject }} <!channel>",
            "alert": "{% if labels.boom %}{{ labels }}{% endif %}Our {{ labels.instance }}",
        },
    },
)
"""Parts of which one fails, but only for alerts that no sample is like."""

WATCHDOG: Final = ({"matchers": ['alertname="Watchdog"'], "every": "1m", "receiver": "all"},)


def inhibiting(tenant: str) -> Document:
    """A tenant with a rule: a cluster that is down holds back the warnings of its nodes."""
    rule = {
        "name": "cluster-down",
        "source_matchers": ['alertname="ClusterDown"'],
        "target_matchers": ['severity="warning"'],
        "equal": ["cluster"],
    }
    return {**document(tenant, route={"inhibit_grace": "1s"}), "inhibit_rules": [rule]}


def certified(tenant: str) -> Document:
    """A tenant whose senders may show a certificate."""
    made = document(tenant)
    return {**made, "platform": {**made["platform"], "certificates": [f"am.{tenant}.example"]}}


def sealed(tenant: str) -> Document:
    """A tenant of which all that is stored of its alerts is sealed."""
    made = document(tenant, digest_above=100)
    return {**made, "platform": {**made["platform"], "keys": "own"}}


def guessed(made: Document) -> Document:
    """A tenant of which labels are found by digests of them: it relates groups, and inhibits."""
    return {**inhibiting(made["tenant"]), "platform": made["platform"], "context": {"related": ["cluster"]}}


def sharded(tenant: str, size: int) -> Document:
    """A tenant whose records are in so many partitions."""
    made = document(tenant, digest_above=100)
    return {**made, "platform": {**made["platform"], "shard": size}}


FAST: Final = (
    document("in-clear"),
    guessed(sealed("guessed")),
    guessed(document("guessed-clear")),
    document("turned"),
    sealed("sealed"),
    sealed("sealed-rotated"),
    sealed("sealed-destroyed"),
    sealed("sealed-again"),
    {**sealed("persons-sealed"), "personal": {"labels": ["user"], "annotations": ["contact"]}},
    sealed("sealed-by-sender"),
    sealed("sealed-wrongly"),
    sealed("sealed-beside"),
    sealed("sealed-beside-rotated"),
    sealed("sealed-pinned"),
    sharded("sharded", 2),
    *(document(f"speaks-{language}", locale=language) for language in LANGUAGES),
    document("repeats"),
    document("joins", route={"group_interval": "1s"}),
    document("partly"),
    document("reopens", receiver={"mention": ["<!here>"]}),
    document("flaps", receiver={"mention": ["<!here>"]}),
    document("renews", route={"reopen_within": "1ms"}),
    *map(document, ("charted", "uncharted", "folds", "unfolded")),
    document("usual", route={"reopen_within": "1ms"}),
    {
        **document("relates", route={"routes": [{"matchers": ['alertname="Latency"'], "receiver": "latency"}]}),
        "receivers": [
            {"name": "all", "slack": {"channel": "#alerts"}},
            {"name": "latency", "slack": {"channel": "#latency"}},
        ],
        "context": {"related": ["service"]},
    },
    document("posts", receiver={"on_change": "post"}),
    document("edits", receiver={"on_change": "edit"}),
    document("hushed", receiver={"send_resolved": False}),
    document("reported", digest_above=0),
    document("one-fingerprint"),
    *map(document, ("minted", "beside-minted", "moved-from", "moved-to", "rewritten", "beside-rewritten")),
    *map(document, ("unmuted", "put-back", "beside-put-back")),
    document("twin-a"),
    document("twin-b"),
    document("rich", secret="treasure"),
    document("poor"),
    document("moves"),
    document("renamed"),
    document("rerouted"),
    document("flood", limits={"notifications": {"rate": "6000/m", "burst": 100}}, digest_above=0),
    document("short-storm", route={"group_by": ["service"]}),
    document("held"),
    document("doubtful"),
    document("found"),
    document("found-reply"),
    document("not-yet"),
    document("deleted"),
    document("locked"),
    document("mute"),
    document("belated"),
    document("archived"),
    {
        **document("orphaned"),
        "fallback": "spare",
        "receivers": [
            {"name": "all", "slack": {"channel": "#alerts"}},
            {"name": "spare", "slack": {"channel": "#spare", "locale": "de"}},
        ],
    },
    {
        **document("explained", route={"routes": [{"matchers": ['alertname="Watchdog"'], "receiver": "null"}]}),
        "receivers": [{"name": "all", "slack": {"channel": "#alerts"}}, {"name": "null"}],
    },
    {
        **document("silent", route={"routes": [{"matchers": ['alertname="Watchdog"'], "receiver": "null"}]}),
        "receivers": [{"name": "all", "slack": {"channel": "#alerts"}}, {"name": "null"}],
    },
    {
        **document(
            "addressed", receiver={"channel": {"label": "channel", "matching": "#team-.*", "else": "#alerts"}}
        ),
        "platform": {"slack": {"token": {"secret": "slack"}, "channels": ["#alerts", "#team-db", "#secret"]}},
    },
    inhibiting("inhibits"),
    document("muted-upstream"),
    document("recorded-upstream"),
    document("heard-upstream"),
    document("silenced"),
    document("silenced-for-a-moment"),
    document("silenced-later"),
    document("silenced-once-over"),
    document("off-hours"),
    document("always-off"),
    document("pictured"),
    document("revoked"),
    document("records"),
    document("spoiled"),
    document("revived", limits={"active_alerts": 1}),
    document("hasty"),
    document("skewed"),
    document("far-ahead"),
    document("early"),
    document("copied"),
    document("copied-victim"),
    document("hidden"),
    document("hidden-victim"),
    {**document("veiled"), "redact": {"patterns": [r"\b\d{16}\b"]}},
    document("beside-veiled"),
    {**document("persons"), "personal": {"labels": ["user"], "annotations": ["contact"]}},
    {**document("persons-deleted"), "personal": {"labels": ["user"], "annotations": ["contact"]}},
    {**document("persons-refused"), "personal": {"labels": ["user"]}},
    document("persons-reported"),
    {
        **document("persons-grouped", route={"group_by": ["user"]}),
        "personal": {"labels": ["user"], "annotations": ["contact"]},
    },
    document("door"),
    certified("certified"),
    document("besieging"),
    document("besieged"),
    document("neighbour"),
    document("quota", limits={"inbound": {"rate": "1/m", "burst": 2}}),
    document("shared", limits={"inbound": {"rate": "1/h", "burst": 20}}),
    document("metered"),
    document("coveted"),
    document("forged"),
    document("beside-forged"),
    document("logged"),
    document("eventful"),
    document("apart"),
    document("real-alertmanager"),
    {
        **document("watches-itself"),
        "metrics": [
            {"name": "own_alerts_total", "labels": ["severity"]},
            {"name": "own_value", "value": {"label": "number"}, "buckets": [1, 10]},
        ],
    },
    document("paused"),
    document("unpaused"),
    document("stopped"),
    document("unheard"),
    document("watched", locale="fr"),
    document("stopped-too"),
    document("own-words", templates=OWN_WORDS, receiver={"template": "ours", "mention": ["<!here>"]}),
)
"""The tenants of the system at ten posts a second."""

CALM: Final = (
    document("calm", route={"group_interval": "30s"}, digest_above=0),
    document("storm", route={"group_by": ["service"], "group_interval": "30s"}),
    document("calm-life", route={"group_interval": "1s"}),
    document("unsigned"),
    document("unsigned-victim"),
    document("rotated"),
)
"""The tenants of the system with default settings: a post a second."""

WITH_OPERATORS: Final = (document("operators", channel="#operators"), document("unlucky"))
"""Those of a system with a channel of its operators, who have a workspace like any tenant."""


def write(folder: Path, documents: Iterable[Document]) -> Path:
    """Files of these documents; JSON is YAML as well."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in documents:
        (folder / f"{one['tenant']}.yaml").write_text(json.dumps(one, indent=2), encoding="utf-8")
    return folder
