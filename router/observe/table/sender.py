"""What `alert-router seal` measures, which stands beside a sender."""

from typing import Final

from router.observe.metric import Kind, Metric, Role

_STATUSES: Final = (
    "202", "400", "401", "403", "404", "405", "408", "413", "415", "429", "499", "500", "502", "503",
)  # fmt: skip

REQUESTS: Final = Metric(
    "seal_requests",
    Kind.COUNTER,
    Role.SENDER,
    "Answers to the sender by HTTP status, most of them the gateway's own. 502: the gateway does not answer, the "
    "sender tries again. Others: not_handed_on in the log has why.",
    {"status": _STATUSES},
)
ROWS: Final = (REQUESTS,)
