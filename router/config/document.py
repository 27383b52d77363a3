"""The tenant document as written: which keys there are and what they hold when left out.

Unknown keys are refused: a typo in a rule is a lost alert. `refused` names the keys that people will rightly try and
that this version does not take, each with the reason; compiling and later versions rely on nothing being ignored.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from router.config.values import (
    BurstNumber,
    ChannelText,
    DurationText,
    GroupByLabels,
    LocaleText,
    MatchersText,
    MentionText,
    PositiveText,
    RateText,
    ReceiverText,
    SecretText,
    SeverityOrder,
    TenantText,
    TimeZoneText,
    WordText,
)
from router.core.tenant import OnChange

_NOT_BUILT = "not built yet in this version; remove it"


def _number(value: object) -> object:
    """Keep `true` and `1.0`, which compare equal to 1, from passing for it."""
    if isinstance(value, bool | float):
        raise ValueError("should be the number 1, the one version there is")  # noqa: TRY004 - pydantic's way to refuse
    return value


class Section(BaseModel):
    """What all parts of the document have in common: immutable, exact types, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    refused: ClassVar[Mapping[str, str]] = {}


class Token(Section):
    """Where the Slack bot token is kept: the name of a secret of this tenant."""

    secret: SecretText = Field(examples=["slack"])


class SlackAccess(Section):
    """What of Slack the operator lets the tenant use; no list of channels means any."""

    token: Token = Field(examples=[{"secret": "slack"}])
    channels: tuple[ChannelText, ...] | None = None


class NotificationLimit(Section):
    """How many tellings a tenant may cause."""

    rate: RateText = "60/m"
    burst: BurstNumber = 20


class InboundLimit(Section):
    """How many alerts a tenant may send."""

    rate: RateText = "1000/s"
    burst: BurstNumber = 5000


class Limits(Section):
    """The tenant's share of the platform."""

    refused = {"active_alerts": _NOT_BUILT}

    notifications: NotificationLimit = NotificationLimit()
    inbound: InboundLimit = InboundLimit()


class Platform(Section):
    """The operator's part of the document."""

    slack: SlackAccess = Field(examples=[{"token": {"secret": "slack"}}])
    limits: Limits = Limits()


class SeverityRule(Section):
    """Which label tells the severity, and its values from worst to mildest."""

    label: WordText = "severity"
    order: SeverityOrder = ("critical", "error", "warning", "info")


class Inheritable(Section):
    """What a route may set for itself and for the routes below it; unset is inherited."""

    refused = {
        "mute_time_intervals": _NOT_BUILT,
        "active_time_intervals": _NOT_BUILT,
        "inhibit_grace": _NOT_BUILT,
        "match": "the old form; use matchers, for example matchers: ['severity=\"critical\"']",
        "match_re": "the old form; use matchers, for example matchers: ['team=~\"db|storage\"']",
    }

    receiver: ReceiverText | None = None
    group_by: GroupByLabels | None = None
    group_wait: DurationText | None = None
    group_interval: PositiveText | None = None
    repeat_interval: PositiveText | None = None
    stale_after: PositiveText | None = None
    reopen_within: DurationText | None = None
    routes: tuple["Branch", ...] = ()


class Branch(Inheritable):
    """A route below the root: the alerts it takes, and whether its later siblings are asked as well."""

    matchers: tuple[MatchersText, ...] = ()
    goes_on: bool = Field(default=False, alias="continue")


class Root(Inheritable):
    """The route that takes what no other takes, and so has no conditions of its own."""

    refused = {
        **Inheritable.refused,
        "matchers": "the root takes every alert; put matchers on a route below it",
        "continue": "the root has no siblings to go on to; put continue on a route below it",
    }

    receiver: ReceiverText = Field(examples=["default"])


class SlackReceiver(Section):
    """A Slack channel and how to speak there."""

    refused = {"template": _NOT_BUILT}

    channel: ChannelText = Field(examples=["#alerts"])
    mention: tuple[MentionText, ...] = ()
    locale: LocaleText | None = None
    send_resolved: bool = True
    on_change: OnChange = OnChange.THREAD


class ReceiverEntry(Section):
    """A named destination."""

    refused = {"template": _NOT_BUILT}

    name: ReceiverText = Field(examples=["default"])
    slack: SlackReceiver = Field(examples=[{"channel": "#alerts"}])


class TenantDocument(Section):
    """One tenant's configuration as its author wrote it, with the defaults of this version filled in."""

    refused = dict.fromkeys(("time_intervals", "inhibit_rules", "redact", "fallback", "digest"), _NOT_BUILT)

    version: Annotated[Literal[1], BeforeValidator(_number)] = Field(examples=[1])
    tenant: TenantText = Field(examples=["acme"])
    platform: Platform = Field(examples=[{"slack": {"token": {"secret": "slack"}}}])
    locale: LocaleText = "en"
    time_zone: TimeZoneText = "UTC"
    severity: SeverityRule = SeverityRule()
    route: Root = Field(examples=[{"receiver": "default"}])
    receivers: tuple[ReceiverEntry, ...] = Field(examples=[[{"name": "default", "slack": {"channel": "#alerts"}}]])
