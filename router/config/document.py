"""The tenant document as written: its keys and their defaults.

Unknown keys are refused, because a typo in a rule would be a lost alert. `refused` names the keys that people may
well try but that this version does not support, each with the reason. The compiler and later versions rely on nothing
being ignored.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field
from pydantic.config import JsonDict

from router.config.appearance import DigestRule, EmojiRule, Section, TemplateEntry
from router.config.heartbeats import HeartbeatEntry
from router.config.severities import SeverityOrder
from router.config.values import (
    BurstNumber,
    ChannelText,
    CountNumber,
    DurationText,
    GroupByLabels,
    LocaleText,
    MatchersText,
    MentionTexts,
    PositiveText,
    RateText,
    ReceiverText,
    RedactedNames,
    RedactedPatterns,
    SecretText,
    ShownNames,
    SizeRateText,
    SizeText,
    TemplateText,
    TenantText,
    TimeZoneText,
    WordText,
)
from router.core.model.rules.receiver import LinkForm, OnChange, Style

_NOT_BUILT = "not built yet in this version; remove it"
_OR_ZERO: JsonDict = {"type": ["string", "integer"], "minimum": 0, "maximum": 0}
"""A duration may be the number 0, as in Alertmanager."""


def _number(value: object) -> object:
    """Refuse `true` and `1.0`, which compare equal to 1."""
    if isinstance(value, bool | float):
        raise ValueError("should be the number 1, the only version there is")  # noqa: TRY004 - pydantic's way to refuse
    return value


class Token(Section):
    """Where the Slack bot token is stored: the name of a secret of this tenant."""

    secret: SecretText = Field(examples=["slack"])
    """`slack` is ALERT_ROUTER_SECRET__<TENANT>__SLACK in the workers' environment, else `secret set TENANT slack`."""


class SlackAccess(Section):
    """Which part of Slack the operator lets the tenant use."""

    token: Token = Field(examples=[{"secret": "slack"}])
    """The token of the tenant's bot: the name of a secret, never the token itself."""
    channels: tuple[ChannelText, ...] | None = Field(default=None, examples=[["#alerts", "C0123456"]])
    """The channels that receivers may use; any by default."""


class NotificationLimit(Section):
    """How many notifications a tenant may cause."""

    rate: RateText = Field(default="60/m", examples=["60/m", "10/s", "0.5/m"])
    """How many on average: a number, / and s, m or h."""
    burst: BurstNumber = Field(default=20, examples=[20])
    """How many at once."""


class InboundLimit(Section):
    """How many alerts a tenant may send."""

    rate: RateText = Field(default="1000/s", examples=["1000/s", "600/m"])
    """How many on average: a number, / and s, m or h; more are refused with 429, and the sender repeats them."""
    burst: BurstNumber = Field(default=5000, examples=[5000])
    """How many at once."""


class RequestLimit(Section):
    """How many bodies a tenant may send."""

    rate: RateText = Field(default="1000/s", examples=["1000/s", "60/m"])
    """How many on average; more are refused with 429, before they are read."""
    burst: BurstNumber = Field(default=5000, examples=[5000])
    """How many at once."""


class ByteLimit(Section):
    """How large the bodies of a tenant may be together, in steps of 1 KiB."""

    rate: SizeRateText = Field(default="16Mi/s", examples=["16Mi/s", "512Ki/m"])
    """How much on average: a number with Ki, Mi or Gi, / and s, m or h; more is refused with 429."""
    burst: SizeText = Field(default="256Mi", examples=["256Mi"])
    """How much at once."""


class Limits(Section):
    """The tenant's share of the platform."""

    notifications: NotificationLimit = NotificationLimit()
    """What is sent to Slack; beyond the limit, changes wait and are folded together."""
    inbound: InboundLimit = InboundLimit()
    """What senders may post, in alerts; counted once a body is read."""
    requests: RequestLimit | None = Field(default=None, examples=[{"rate": "100/s", "burst": 500}])
    """What senders may post, in bodies; by default as many as alerts."""
    bytes_: ByteLimit = Field(default=ByteLimit(), alias="bytes")
    """What senders may post, in bytes."""
    active_alerts: CountNumber = Field(default=100_000, examples=[100_000])
    """Alerts that may fire at once; new ones beyond go to the dead letters, and the card counts them."""
    active_groups: CountNumber = Field(default=100_000, examples=[100_000])
    """Alert groups that may be open at once; alerts that would open one more go to the dead letters."""
    stored_bytes: SizeText = Field(default="512Mi", examples=["512Mi", "2Gi"])
    """What alert groups may take in Redis, closed ones too; new alerts beyond go to the dead letters."""


class Platform(Section):
    """The operator's part of the document."""

    slack: SlackAccess = Field(examples=[{"token": {"secret": "slack"}}])
    """The tenant's access to its workspace."""
    limits: Limits = Limits()
    """The tenant's share of what all tenants use together."""


class SeverityRule(Section):
    """Which label holds the severity, and its values from worst to mildest."""

    label: WordText = Field(default="severity", examples=["severity"])
    """The label that holds an alert's severity."""
    order: SeverityOrder = Field(
        default=("critical", "error", "warning", "info"), examples=[[{"critical": ["page", "p1"]}, "warning", "info"]]
    )
    """The label's values in any case, worst first, each alone or with its aliases; any other value ranks last."""


class RedactRule(Section):
    """What nobody may read in Slack; routing and grouping still use it."""

    labels: RedactedNames = Field(default=(), examples=[["customer"]])
    """Labels whose values are hidden wherever they appear."""
    annotations: RedactedNames = Field(default=(), examples=[["customer_email"]])
    """Annotations whose values are hidden, in every language."""
    patterns: RedactedPatterns = Field(default=(), examples=[["\\b\\d{16}\\b"]])
    """What is hidden in every text (RE2); a link that contains it is left out."""


class Inheritable(Section):
    """What a route may set for itself and for the routes below it; anything else is inherited."""

    refused: ClassVar[Mapping[str, str]] = {
        "mute_time_intervals": _NOT_BUILT,
        "active_time_intervals": _NOT_BUILT,
        "inhibit_grace": _NOT_BUILT,
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
    routes: tuple["Branch", ...] = ()
    """Routes below, tried in order; the first that matches takes the alert, unless it says `continue`."""


class Branch(Inheritable):
    """A route below the root: the alerts that it takes, and whether the routes after it are tried as well."""

    matchers: tuple[MatchersText, ...] = Field(default=(), examples=[['severity="critical"', 'team=~"db|storage"']])
    """Conditions on labels, all of which must hold: = and !=, =~ and !~ for patterns of the whole value (RE2)."""
    continue_: bool = Field(default=False, alias="continue", examples=[True])
    """Whether the routes after this one are tried as well when it matches."""


class Root(Inheritable):
    """The route that takes what no other route takes, and so has no conditions of its own."""

    refused: ClassVar[Mapping[str, str]] = {
        **Inheritable.refused,
        "matchers": "the root takes every alert; put matchers on a route below it",
        "continue": "the root has no siblings to go on to; put continue on a route below it",
    }

    receiver: ReceiverText = Field(examples=["default"])
    """Who is notified unless a route below says otherwise: the name of one of the receivers below."""


class SlackReceiver(Section):
    """A Slack channel, and how messages are written there."""

    channel: ChannelText = Field(examples=["#alerts"])
    """"#name" in quotes, or a channel's ID, which survives renaming. The bot must be invited."""
    mention: MentionTexts = Field(default=(), examples=[["<!subteam^S012>"], ["<@U012>"], ["<!here>"]])
    """Who is mentioned in first messages, when a problem reopens, and when its severity gets worse."""
    locale: LocaleText | None = Field(default=None, examples=["en", "fr-FR"])
    """The language of this receiver; by default, the tenant's."""
    send_resolved: bool = Field(default=True, examples=[False])
    """Whether the end of a problem is also posted as a reply; the message turns green in any case."""
    on_change: OnChange = Field(default=OnChange.THREAD, examples=["edit", "thread", "post"])
    """edit: the message is edited; thread: and important changes get a reply; post: a new message each time."""
    template: TemplateText = Field(default=Style.DEFAULT.value, examples=["default", "compact", "detailed"])
    """How messages look: default; compact, a line per alert; detailed, with everything; or one of the templates."""
    links: LinkForm | None = Field(default=None, examples=["buttons", "text"])
    """The links that all alerts have: buttons, in compact text; see `docs/decisions/0013-link-buttons.md`."""
    digest: DigestRule | None = Field(default=None, examples=[{"threshold": 30}])
    """When a flood of new problems becomes one message here; by default, as for the whole tenant."""


class ReceiverEntry(Section):
    """A named destination."""

    refused: ClassVar[Mapping[str, str]] = {
        "template": "belongs below slack: slack: {channel: ..., template: compact}"
    }

    name: ReceiverText = Field(examples=["default"])
    """What routes call it."""
    slack: SlackReceiver = Field(examples=[{"channel": "#alerts"}])
    """The channel, and how messages are written there."""


class TenantDocument(Section):
    """One tenant's configuration as its author wrote it, with this version's defaults filled in."""

    refused: ClassVar[Mapping[str, str]] = dict.fromkeys(("time_intervals", "inhibit_rules"), _NOT_BUILT)

    version: Annotated[Literal[1], BeforeValidator(_number)] = Field(examples=[1])
    """The form of this document."""
    tenant: TenantText = Field(examples=["acme"])
    """The tenant's id: lower-case letters, digits and single hyphens."""
    platform: Platform = Field(examples=[{"slack": {"token": {"secret": "slack"}}}])
    """The operator's part: access and limits."""
    locale: LocaleText = Field(default="en", examples=["en", "fr-FR", "de-DE", "es-MX", "it-IT"])
    """The language of messages and the format of dates: en, fr, de, es or it, with a region if it matters."""
    time_zone: TimeZoneText = Field(default="UTC", examples=["UTC", "Europe/Paris"])
    """The time zone of dates in messages, by its IANA name."""
    severity: SeverityRule = SeverityRule()
    """How severe an alert is."""
    redact: RedactRule = RedactRule()
    """What nobody may read in Slack."""
    ignore_labels: ShownNames = Field(
        default=("prometheus_replica",), examples=[["prometheus_replica", "__replica__"], []]
    )
    """Labels that tell no alerts apart, such as that of one of two equal Prometheus; they count as never sent."""
    hide_labels: ShownNames = Field(
        default=("prometheus", "replica", "prometheus_replica", "uid", "pod_template_hash", "endpoint"),
        examples=[["prometheus", "uid"]],
    )
    """Labels that messages leave out, since they help nobody; routing, grouping and silences still use them."""
    show_labels: ShownNames = Field(default=(), examples=[["uid"]])
    """Labels that are shown all the same: those that `hide_labels` hides, and `job`, shown unless another says it."""
    emoji: EmojiRule = EmojiRule()
    """Emoji in front of titles."""
    digest: DigestRule = DigestRule()
    """When a flood of new problems becomes one message; a receiver may say otherwise."""
    route: Root = Field(examples=[{"receiver": "default"}])
    """Alertmanager's routing tree: the same words, the same meaning."""
    receivers: tuple[ReceiverEntry, ...] = Field(examples=[[{"name": "default", "slack": {"channel": "#alerts"}}]])
    """Where messages go."""
    fallback: ReceiverText | None = Field(default=None, examples=["default"])
    """The receiver that is notified when nothing can be posted in the channel of another one."""
    templates: tuple[TemplateEntry, ...] = ()
    """How messages may look besides the built-in styles."""
    heartbeats: tuple[HeartbeatEntry, ...] = ()
    """Alerts that must keep arriving, such as Alertmanager's Watchdog: one that stops is notified."""
