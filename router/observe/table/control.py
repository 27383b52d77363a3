"""What a process of the control API measures."""

from typing import Final

from router.observe.metric import Kind, Metric, Role

SERVING: Final = Metric(
    "control_api_serving",
    Kind.GAUGE,
    Role.CONTROL,
    "1 in a process that answers the control API. It works for nobody's alerts: when it is not ready, the record "
    "does not answer it, and changes wait.",
)
UNDESCRIBED: Final = Metric(
    "control_api_undescribed_keys",
    Kind.COUNTER,
    Role.CONTROL,
    "Keys that answers left out, since their description does not have them: a fault of ours. The log names them.",
)
OUTDATED_DELETED: Final = Metric(
    "outdated_deleted",
    Kind.COUNTER,
    Role.CONTROL,
    "What was deleted since it had been kept for as long as docs/retention.md says, and no engine ends it by itself. "
    "While it stands still for days though silences end, see janitor_waits in the log.",
    {"kind": ("silences",)},
)
ROWS: Final = (SERVING, UNDESCRIBED, OUTDATED_DELETED)
