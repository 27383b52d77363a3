"""The routing tree as written."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field
from pydantic.config import JsonDict

from router.config.document.appearance import Section
from router.config.document.intervals import IntervalNames
from router.config.values import (
    DurationText,
    GroupByLabels,
    MatchersText,
    PositiveText,
    ReceiverText,
)

_ROOT_IS_ACTIVE = "the root takes what no other route takes, so it is never held back; put it on a route below"
_OR_ZERO: JsonDict = {"type": ["string", "integer"], "minimum": 0, "maximum": 0}
"""A duration may be the number 0, as in Alertmanager."""


class Inheritable(Section):
    """What a route may set for itself and for the routes below it; anything else is inherited."""

    refused: ClassVar[Mapping[str, str]] = {
        "match": "the old form; use matchers, for example matchers: ['severity=\"critical\"']",
        "match_re": "the old form; use matchers, for example matchers: ['team=~\"db|storage\"']",
    }

    receiver: ReceiverText | None = Field(default=None, examples=["default"])
    """Who is notified: the name of one of the receivers below."""
    group_by: GroupByLabels | None = Field(default=None, examples=[["alertname", "service"], ["..."], []])
    """One message per set of values of these labels; [...]: one per alert; []: one for all. Default: as sent."""
    group_wait: DurationText | None = Field(default=None, examples=["0s", "10s"], json_schema_extra=_OR_ZERO)
    """How long a new problem waits for others of its group. Default: 0s, since the sender has waited."""
    group_interval: PositiveText | None = Field(default=None, examples=["30s", "5m"])
    """The time between two notifications about one message. Default: 30s."""
    repeat_interval: PositiveText | None = Field(default=None, examples=["4h", "1h"])
    """After how long an alert that still fires is notified again. Default: 4h."""
    stale_after: PositiveText | None = Field(default=None, examples=["12h"])
    """After how long an alert that is not sent again is shown as no longer reported. Default: 12h."""
    reopen_within: DurationText | None = Field(default=None, examples=["10m", "0s"], json_schema_extra=_OR_ZERO)
    """For how long a problem that comes back reopens its message instead of getting a new one. Default: 10m."""
    inhibit_grace: DurationText | None = Field(default=None, examples=["5s", "0s"], json_schema_extra=_OR_ZERO)
    """How long an alert that a rule may inhibit waits for what inhibits it before it is first shown. Default: 5s."""
    routes: tuple["Branch", ...] = ()
    """Routes below, tried in order; the first that matches takes the alert, unless it says `continue`."""


class Branch(Inheritable):
    """A route below the root: the alerts that it takes, and whether the routes after it are tried as well."""

    matchers: tuple[MatchersText, ...] = Field(default=(), examples=[['severity="critical"', 'team=~"db|storage"']])
    """Conditions on labels, all of which must hold: = and !=, =~ and !~ for patterns of the whole value (RE2)."""
    continue_: bool = Field(default=False, alias="continue", examples=[True])
    """Whether the routes after this one are tried as well when it matches."""
    mute_time_intervals: IntervalNames | None = Field(default=None, examples=[["nights", "holidays"]])
    """The time intervals in which nothing is sent; what is held back is sent when they end. Not for routes below."""
    active_time_intervals: IntervalNames | None = Field(default=None, examples=[["office-hours"]])
    """The only time intervals in which anything is sent, where there are any. Not for routes below."""


class Root(Inheritable):
    """The route that takes what no other route takes, and so has no conditions of its own."""

    refused: ClassVar[Mapping[str, str]] = {
        **Inheritable.refused,
        "matchers": "the root takes every alert; put matchers on a route below it",
        "mute_time_intervals": _ROOT_IS_ACTIVE,
        "active_time_intervals": _ROOT_IS_ACTIVE,
        "continue": "the root has no siblings to go on to; put continue on a route below it",
    }

    receiver: ReceiverText = Field(examples=["default"])
    """Who is notified unless a route below says otherwise: the name of one of the receivers below."""
