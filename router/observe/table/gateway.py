"""What gateways measure: requests, connections, their clock."""

from typing import Final

from router.observe.metric import Kind, Metric, Role

_STATUSES: Final = (
    "200", "202", "400", "401", "403", "404", "405", "408", "413", "415", "421", "429", "499", "500", "503",
)  # fmt: skip
_ENDED: Final = ("gave_way", "refused", "head_too_slow", "request_too_slow", "no_tls")

SERVING: Final = Metric(
    "gateway_serving",
    Kind.GAUGE,
    Role.GATEWAY,
    "1 in a process that takes alerts over HTTP. Where none that is ready has it, senders are not answered.",
)
REQUESTS: Final = Metric(
    "gateway_requests",
    Kind.COUNTER,
    Role.GATEWAY,
    "Requests to the gateway by HTTP status; 499 is a sender that went away. 503: Kafka or the time is not there, "
    "senders try again. 4xx: body_refused in the log has whose and why.",
    {"status": _STATUSES},
)
RECORDS: Final = Metric(
    "gateway_records",
    Kind.COUNTER,
    Role.GATEWAY,
    "Bodies that the gateway has appended to Kafka; one without alerts is accepted, and is none. Where they grow and "
    "alert_router_records_total of workers does not, nobody reads.",
)
CONNECTIONS: Final = Metric(
    "gateway_connections",
    Kind.GAUGE,
    Role.GATEWAY,
    "Connections of senders that the gateway holds now; at most ALERT_ROUTER_GATEWAY__CONNECTIONS.",
)
CONNECTIONS_ENDED: Final = Metric(
    "gateway_connections_ended",
    Kind.COUNTER,
    Role.GATEWAY,
    "Connections that the gateway cut off, by reason. refused: all others were at work, so there are too few "
    "gateways; connections_full in the log has whose they are.",
    {"reason": _ENDED},
)
CERTIFICATE_EXPIRES: Final = Metric(
    "gateway_certificate_expires_timestamp_seconds",
    Kind.GAUGE,
    Role.GATEWAY,
    "When the gateway's certificate expires, in Unix time; 0 without TLS. Renew its files in time: they are read "
    "again by themselves.",
)
CLOCK_AHEAD: Final = Metric(
    "clock_ahead_seconds",
    Kind.GAUGE,
    Role.GATEWAY,
    "How far this machine's clock is ahead of Redis'; what is stamped is corrected. Correct it there all the same.",
)
CLOCK_SKEW: Final = Metric(
    "clock_skew",
    Kind.COUNTER,
    Role.EVERY,
    "Times that cannot be right, by whose they are: own, a gateway's measures that disagree; gateway, producer, "
    "broker, a record of the future; late, one appended long after it was signed. Correct that clock: alerts may "
    "count too late.",
    {"clock": ("own", "gateway", "producer", "broker", "late")},
)
ROWS: Final = (
    SERVING,
    REQUESTS,
    RECORDS,
    CONNECTIONS,
    CONNECTIONS_ENDED,
    CERTIFICATE_EXPIRES,
    CLOCK_AHEAD,
    CLOCK_SKEW,
)
