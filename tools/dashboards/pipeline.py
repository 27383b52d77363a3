"""The way of an alert, step by step."""

from typing import Final

from router.monitoring.panel import Board, Panel, Query, Section, Unit, rate

_ACCEPT: Final = (
    Panel("Requests", "By status; 499 is a sender that went away.",
          [Query(rate("alert_router_gateway_requests_total", "status"), "{{status}}")], Unit.PER_SECOND),
    Panel("Connections", "Of senders, by gateway.", [Query("alert_router_gateway_connections", "{{instance}}")]),
    Panel("Connections cut off", "By reason.",
          [Query(rate("alert_router_gateway_connections_ended_total", "reason"), "{{reason}}")], Unit.PER_SECOND),
    Panel("Clocks", "Times that cannot be right, by whose they are.",
          [Query(rate("alert_router_clock_skew_total", "clock"), "{{clock}}")], Unit.PER_SECOND),
)  # fmt: skip
_FOLD: Final = (
    Panel("Records", "By what became of them.",
          [Query(rate("alert_router_records_total", "outcome"), "{{outcome}}")], Unit.PER_SECOND),
    Panel("Records to read", "By worker.", [Query("alert_router_ingest_lag_records", "{{instance}}")]),
    Panel("Workers", "By pool; a pool with tenants needs some.",
          [Query("sum by (pool) (alert_router_worker_pool) or 0 * max by (pool) (alert_router_pool_tenants)",
                 "{{pool}}")]),
    Panel("Signatures", "wrong and unknown_key: somebody else writes to the topic.",
          [Query(rate("alert_router_record_signatures_total", "worth"), "{{worth}}")], Unit.PER_SECOND),
    Panel("Changes that wait", "To be shown, of all tenants.",
          [Query("max(alert_router_pending_changes)", "changes")]),
    Panel("Changes never shown", "By reason.",
          [Query(rate("alert_router_changes_suppressed_total", "reason"), "{{reason}}")], Unit.PER_SECOND),
)  # fmt: skip
_ENGINES: Final = (
    Panel("Failures of Redis and Kafka", "By what was being done; it is done again.",
          [Query(rate("alert_router_store_errors_total", "role"), "{{role}}")], Unit.PER_SECOND),
    Panel("Redis' memory", "The part of maxmemory that is used.",
          [Query("max(alert_router_redis_memory_used_ratio)", "used")], Unit.SHARE),
    Panel("Redis is not safe", "Servers that may evict, or do not save.",
          [Query("max(alert_router_redis_evicting_servers)", "may evict"),
           Query("max(alert_router_redis_unsaved_servers)", "do not save")]),
    Panel("Configuration", "How long each process has not heard whether its copy is the newest.",
          [Query("alert_router_configuration_age_seconds", "{{instance}}")], Unit.SECONDS),
    Panel("Events that wait", "For Kafka; beyond 10,000 of a tenant the oldest are dropped.",
          [Query("max(alert_router_events_waiting)", "events")]),
    Panel("Releases", "Processes of each release.",
          [Query("count by (version) (alert_router_build_info)", "{{version}}")]),
)  # fmt: skip
_RECORD: Final = (
    Panel("Changes not in force", "How long the oldest has waited, by projector.",
          [Query("alert_router_projection_age_seconds", "{{instance}}")], Unit.SECONDS),
    Panel("Tenants behind", "Of whom something recorded is not in force.",
          [Query("max(alert_router_projection_tenants_behind)", "tenants")]),
    Panel("Drift", "What was written to Redis past the record, until it is adopted or discarded.",
          [Query("max by (kind) (alert_router_projection_drift)", "{{kind}}")]),
    Panel("PostgreSQL is away", "For how long, by projector.",
          [Query("alert_router_record_away_seconds", "{{instance}}")], Unit.SECONDS),
    Panel("Audit log not signed", "How long its oldest entry has no checkpoint.",
          [Query("max(alert_router_audit_unsigned_seconds)", "unsigned")], Unit.SECONDS),
)  # fmt: skip

BOARD: Final = Board(
    uid="alert-router-pipeline",
    title="Alert Router: pipeline",
    text="From the sender's request to the stored alert group, and the engines beneath.",
    sections=(
        Section("Accept", _ACCEPT),
        Section("Fold", _FOLD),
        Section("Engines", _ENGINES),
        Section("Record", _RECORD),
    ),
)
