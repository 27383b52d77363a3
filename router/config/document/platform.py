"""The operator's part of the tenant document."""

from typing import Literal

from pydantic import Field

from router.config.certificates import CertificateNameText
from router.config.document.appearance import Section
from router.config.document.prometheus import PrometheusSource
from router.config.pools import PoolText
from router.config.shards import ShardNumber
from router.config.urls import HttpUrlText
from router.config.values import (
    BurstNumber,
    CellText,
    ChannelText,
    CountNumber,
    RateText,
    SecretText,
    SizeRateText,
    SizeText,
)


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


class AlertmanagerToken(Section):
    """Where the token for Alertmanager is stored: the name of a secret of this tenant."""

    secret: SecretText = Field(examples=["alertmanager"])
    """As for Slack's token."""


class AlertmanagerSource(Section):
    """The Alertmanager in front: it is asked why it leaves an alert out of its bodies."""

    url: HttpUrlText = Field(examples=["http://alertmanager:9093"])
    """Its address, with the path where it is served under one; of a cluster any member's."""
    token: AlertmanagerToken | None = Field(default=None, examples=[{"secret": "alertmanager"}])
    """A secret that is sent as a bearer token; none by default."""


class Platform(Section):
    """The operator's part of the document."""

    slack: SlackAccess = Field(examples=[{"token": {"secret": "slack"}}])
    """The tenant's access to its workspace."""
    alertmanager: AlertmanagerSource | None = Field(default=None, examples=[{"url": "http://alertmanager:9093"}])
    """The Alertmanager that sends for the tenant, where workers can reach it; by default none is asked."""
    prometheus: PrometheusSource | None = Field(
        default=None, examples=[{"url": "http://prometheus:9090", "only": {"label": {"tenant": "acme"}}}]
    )
    """The Prometheus whose rules fire, where workers can reach it: messages get charts; by default none is asked."""
    keys: Literal["own"] | None = Field(default=None, examples=["own"])
    """`own`: what is stored of the tenant's alerts, in Kafka and in Redis, is sealed with keys that are the tenant's
    alone. It needs `ALERT_ROUTER_SEALING__KEY` of gateways and workers; by default it is stored in clear."""
    pool: PoolText | None = Field(default=None, examples=["gold"])
    """The pool whose workers serve the tenant, one of `ALERT_ROUTER_KAFKA__POOLS`; by default the one that all others
    share."""
    shard: ShardNumber | None = Field(default=None, examples=[2])
    """Of how many partitions of its pool's inbound topic the tenant's records are, always the same ones: at most so
    many workers read them. By default any partition takes them, and all workers read them."""
    cell: CellText | None = Field(default=None, examples=["eu-1"])
    """The cell that serves the tenant, one of `ALERT_ROUTER_CELLS`; by default what names no cell."""
    certificates: tuple[CertificateNameText, ...] = Field(default=(), examples=[["alertmanager.acme.example"]])
    """DNS names and URIs of client certificates that let their holders send for the tenant without a token."""
    limits: Limits = Limits()
    """The tenant's share of what all tenants use together."""
