"""Alerts of the kinds that Prometheus' users share, in our own words, and what is drawn of each."""

from dataclasses import dataclass
from typing import Final

from router.core.context.undrawn import Undrawn


@dataclass(frozen=True, slots=True)
class Row:
    """`drawn` are the lines as PromQL, with `limit` such as `> 90`; or, where nothing is drawn, `reason`."""

    alert: str
    expression: str
    drawn: tuple[str, ...] = ()
    limit: str = ""
    unit: str = "number"
    reason: Undrawn | None = None


def _line(alert: str, line: str, limit: str, unit: str = "number") -> Row:
    return Row(alert, f"{line} {limit}", (line,), limit, unit)


_FREE: Final = 'node_filesystem_avail_bytes{fstype!=""} / node_filesystem_size_bytes{fstype!=""} * 100'
_ERRORS: Final = (
    'sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (job) (rate(http_requests_total[5m]))'
)
_QUANTILE: Final = "histogram_quantile(0.99, sum by (le, job) (rate(http_request_duration_seconds_bucket[5m])))"
_SPEC: Final = "kube_deployment_spec_replicas"
_AVAILABLE: Final = "kube_deployment_status_replicas_available"
_LAG: Final = "pg_replication_lag_seconds"

ROWS: Final = (
    _line("Disk almost full", _FREE, "< 10", "percent"),
    Row(
        "Disk fills within four hours",
        f"{_FREE} < 40 and predict_linear(node_filesystem_avail_bytes[6h], 4 * 3600) < 0",
        (_FREE,),
        "< 40",
        "percent",
    ),
    _line("Disk will be full", "predict_linear(node_filesystem_avail_bytes[6h], 4 * 3600)", "< 0", "bytes"),
    Row(
        "Disk almost full, writable ones",
        f"({_FREE} < 5 and node_filesystem_readonly == 0)",
        (_FREE,),
        "< 5",
        "percent",
    ),
    _line("Inodes run out", "node_filesystem_files_free / node_filesystem_files", "< 0.03", "ratio"),
    _line("Memory low", "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100", "< 10", "percent"),
    _line("CPU busy", '100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100', "> 85"),
    _line("Load high", "node_load15 / count without (cpu, mode) (node_cpu_seconds_total)", "> 2", "ratio"),
    _line("Swapping", "rate(node_vmstat_pswpin[5m])", "> 1000"),
    Row(
        "Clock not in step",
        "min_over_time(node_timex_sync_status[5m]) == 0 and node_timex_maxerror_seconds >= 16",
        ("min_over_time(node_timex_sync_status[5m])",),
    ),
    Row(
        "Clock skewed",
        "(node_timex_offset_seconds > 0.05 and deriv(node_timex_offset_seconds[5m]) >= 0)",
        ("node_timex_offset_seconds",),
        "> 0.05",
        "seconds",
    ),
    Row("Target down", "up == 0", ("up",)),
    Row("Target missing", 'absent(up{job="api"})', reason=Undrawn.ABSENT),
    Row("No samples for an hour", 'absent_over_time(up{job="batch"}[1h]) == 1', reason=Undrawn.ABSENT),
    _line("Many targets down", "100 * (count by (job) (up == 0) / count by (job) (up))", "> 10", "percent"),
    _line("Error ratio", _ERRORS, "> 0.05", "ratio"),
    Row(
        "Error ratio with traffic",
        f"{_ERRORS} > 0.05 and on (job) sum by (job) (rate(http_requests_total[5m])) > 1",
        (_ERRORS,),
        "> 0.05",
        "ratio",
    ),
    Row(
        "Budget burns",
        "(job:errors:ratio1h > 14 * 0.5 and job:errors:ratio5m > 14 * 0.5)",
        ("job:errors:ratio1h",),
        "> 7",
    ),
    Row(
        "Budget burns, fast or slow",
        "(job:errors:ratio1h > 0.0144) or (job:errors:ratio6h > 0.006)",
        reason=Undrawn.EITHER,
    ),
    _line("Latency", _QUANTILE, "> 1.5", "seconds"),
    _line(
        "Mean latency",
        "rate(rpc_duration_seconds_sum[5m]) / rate(rpc_duration_seconds_count[5m])",
        "> 0.5",
        "seconds",
    ),
    Row(
        "Certificate ends",
        "ssl_earliest_cert_expiry - time() < 86400 * 7",
        ("ssl_earliest_cert_expiry - time()",),
        "< 604800",
        "seconds",
    ),
    Row(
        "Backup old",
        "time() - backup_last_success_timestamp_seconds > 1d",
        ("time() - backup_last_success_timestamp_seconds",),
        "> 86400",
        "seconds",
    ),
    Row(
        "Limit on the left",
        "5 < rate(kube_pod_container_status_restarts_total[15m]) * 900",
        ("rate(kube_pod_container_status_restarts_total[15m]) * 900",),
        "> 5",
    ),
    _line("Pod restarts", "increase(kube_pod_container_status_restarts_total[10m])", "> 3"),
    Row(
        "Pod waits",
        'sum by (namespace, pod) (kube_pod_status_phase{phase=~"Pending|Unknown"}) > 0',
        ('sum by (namespace, pod) (kube_pod_status_phase{phase=~"Pending|Unknown"})',),
        "> 0",
    ),
    Row("Deployment short of replicas", f"{_SPEC} != {_AVAILABLE}", (_SPEC, _AVAILABLE)),
    Row(
        "Deployment short and still",
        f"({_SPEC} > {_AVAILABLE}) and changes({_AVAILABLE}[10m]) == 0",
        (_SPEC, _AVAILABLE),
    ),
    Row("Requests beyond capacity", "sum(kube_pod_requests) > sum(kube_node_capacity)", reason=Undrawn.MOVING_LIMIT),
    _line(
        "Volume full", "kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes", "< 0.03", "ratio"
    ),
    Row(
        "Node not ready",
        'kube_node_status_condition{condition="Ready",status="true"} == 0 unless on (node) kube_node_new',
        ('kube_node_status_condition{condition="Ready",status="true"}',),
    ),
    _line("Node flaps", 'changes(kube_node_status_condition{condition="Ready"}[15m])', "> 2"),
    _line("Several hosts hot", "count(node_hwmon_temp_celsius > 80)", "> 3"),
    _line("Hottest hosts", "topk(3, node_hwmon_temp_celsius)", "> 90"),
    Row(
        "Temperature between two limits",
        "node_hwmon_temp_celsius > 70 and node_hwmon_temp_celsius < 80",
        ("node_hwmon_temp_celsius",),
    ),
    Row(
        "Replication lags, on standbys",
        f"{_LAG} > 30 and on (instance) pg_replication_is_replica == 1",
        (_LAG,),
        "> 30",
        "seconds",
    ),
    _line(
        "Too many connections",
        "sum by (instance) (pg_stat_activity_count) / pg_settings_max_connections",
        "> 0.8",
        "ratio",
    ),
    _line("Consumer lags", "sum by (group, topic) (kafka_consumergroup_lag)", ">= 1000"),
    _line("Peak of a subquery", "max_over_time(sum by (job) (rate(queue_jobs_total[1m]))[10m:1m])", "> 300"),
    Row(
        "Twice of yesterday", "rate(jobs_total[5m]) > 2 * rate(jobs_total[5m] offset 1d)", reason=Undrawn.MOVING_LIMIT
    ),
    Row("Less than the least", "queue_depth > scalar(queue_limit)", reason=Undrawn.MOVING_LIMIT),
    Row("Watchdog", "vector(1)", reason=Undrawn.NO_SERIES),
    Row("At night", "hour() > 22", reason=Undrawn.NO_SERIES),
    Row("With bool", "queue_depth > bool 100", reason=Undrawn.ALWAYS),
    Row("No comparison", "increase(panics_total[5m])", ("increase(panics_total[5m])",)),
    Row("Not PromQL", "SELECT 1", reason=Undrawn.UNREADABLE),
)
