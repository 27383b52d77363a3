"""The tenant document as written: its keys and their defaults.

Unknown keys are refused, because a typo in a rule would be a lost alert. `refused` names the keys that people may
well try but that this version does not support, each with the reason. The compiler and later versions rely on nothing
being ignored.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from router.config.document.appearance import DigestRule, EmojiRule, Section, TemplateEntry
from router.config.document.context import ContextRule
from router.config.document.flapping import FlappingRule
from router.config.document.heartbeats import HeartbeatEntry
from router.config.document.inhibition import InhibitEntry
from router.config.document.intervals import TimeIntervalEntry
from router.config.document.metrics import MetricEntry
from router.config.document.personal import PersonalRule
from router.config.document.platform import Platform
from router.config.document.receivers import ReceiverEntry
from router.config.document.routes import Root
from router.config.document.severities import SeverityOrder
from router.config.values import (
    LocaleText,
    ReceiverText,
    RedactedNames,
    RedactedPatterns,
    ShownNames,
    TenantText,
    TimeZoneText,
    WordText,
)


def version_number(value: object) -> object:
    """Refuse `true` and `1.0`, which compare equal to 1."""
    if isinstance(value, bool | float):
        raise ValueError("should be the number 1, the only version there is")  # noqa: TRY004 - pydantic's way to refuse
    return value


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


class TenantDocument(Section):
    """One tenant's configuration as its author wrote it, with this version's defaults filled in."""

    refused: ClassVar[Mapping[str, str]] = {"mute_time_intervals": "the old name; use time_intervals"}

    version: Annotated[Literal[1], BeforeValidator(version_number)] = Field(examples=[1])
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
    personal: PersonalRule = PersonalRule()
    """Where alerts name people."""
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
    flapping: FlappingRule = FlappingRule()
    """When a message that is reopened again and again notifies nobody any more."""
    context: ContextRule = ContextRule()
    """What is shown beside alerts."""
    route: Root = Field(examples=[{"receiver": "default"}])
    """Alertmanager's routing tree: the same words, the same meaning."""
    receivers: tuple[ReceiverEntry, ...] = Field(examples=[[{"name": "default", "slack": {"channel": "#alerts"}}]])
    """Where messages go."""
    fallback: ReceiverText | None = Field(default=None, examples=["default"])
    """The receiver that is notified when nothing can be posted in the channel of another one."""
    templates: tuple[TemplateEntry, ...] = ()
    """How messages may look besides the built-in styles."""
    inhibit_rules: tuple[InhibitEntry, ...] = ()
    """Which alerts hold others back while they fire, as in Alertmanager."""
    time_intervals: tuple[TimeIntervalEntry, ...] = ()
    """When routes are muted or active, by name; the same words and meaning as Alertmanager's."""
    heartbeats: tuple[HeartbeatEntry, ...] = ()
    """Alerts that must keep arriving, such as Alertmanager's Watchdog: one that stops is notified."""
    metrics: tuple[MetricEntry, ...] = ()
    """Metrics of the tenant's own alerts, which its own Prometheus may scrape."""

    def plain(self) -> dict[str, object]:
        """The document as JSON has it, defaults written out: reading this makes an equal one."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
