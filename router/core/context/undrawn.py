"""Why an alert has no chart, as far as that can be known without asking Prometheus."""

from enum import StrEnum


class Undrawn(StrEnum):
    """What stands in the way of a chart."""

    NOT_WANTED = "not_wanted"
    """Its receiver has `chart: false`."""
    NO_EXPRESSION = "no_expression"
    """The sender's link holds none: Grafana's, and those of other programs."""
    TOO_LARGE = "too_large"
    """The expression is longer, deeper, or costs more to read than any that people write."""
    UNREADABLE = "unreadable"
    """Not PromQL, or not as the parser knows it."""
    NO_SERIES = "no_series"
    """It is about no series: a constant, a time."""
    ABSENT = "absent"
    """It fires since something is not there: nothing can be drawn of that."""
    EITHER = "either"
    """Several conditions, any of which fires: which of them did is not known."""
    ALWAYS = "always"
    """A comparison with `bool` has a result, and fires, whether it holds or not."""
    MOVING_LIMIT = "moving_limit"
    """Compared with something that moves and has no name that a line could have."""
    NOT_ENFORCED = "not_enforced"
    """The label that keeps tenants apart cannot be put into each part of it."""


class UndrawnError(Exception):
    """Nothing is drawn, for `reason`."""

    def __init__(self, reason: Undrawn) -> None:
        super().__init__(reason.value)
        self.reason = reason
