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
ROWS: Final = (SERVING,)
