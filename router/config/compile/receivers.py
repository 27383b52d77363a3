"""Receivers, with what the document says for all of them."""

from collections.abc import Collection, Mapping

from router.config.document.addresses import Channel, ChannelRule, Mention, MentionRule
from router.config.document.appearance import TemplateEntry
from router.config.document.receivers import ReceiverEntry
from router.config.document.tenant import TenantDocument
from router.config.pace import check_time
from router.core.match.patterns import compiled_pattern
from router.core.model.rules.by_label import ByLabel
from router.core.model.rules.receiver import Layout, Mentions, Receiver, Style, null_receiver


def layouts(document: TenantDocument) -> Mapping[str, Layout]:
    """How messages may look: the built-in styles, and the tenant's own templates."""
    built_in = {style.value: Layout(style) for style in Style}
    return {**built_in, **{entry.name: _layout(entry) for entry in document.templates}}


def _layout(entry: TemplateEntry) -> Layout:
    return Layout(entry.base, tuple(sorted(entry.parts.model_dump(exclude_none=True).items())))


def receiver_of(entry: ReceiverEntry, document: TenantDocument, looks: Mapping[str, Layout]) -> Receiver:
    """A receiver, with what the document says for all."""
    slack = entry.slack
    if slack is None:
        return null_receiver(entry.name, document.locale)
    return Receiver(
        name=entry.name,
        channel=slack.usual_channel,
        mention=slack.usual_mention,
        locale=slack.locale or document.locale,
        send_resolved=slack.send_resolved,
        on_change=slack.on_change,
        layout=looks[slack.template],
        links=slack.links,
        chart=slack.chart,
        digest_above=(slack.digest or document.digest).threshold,
        channel_label=_channel_label(slack.channel, document.platform.slack.channels or ()),
        mention_label=_mention_label(slack.mention),
    )


def _channel_label(rule: Channel, usable: Collection[str]) -> ByLabel[str] | None:
    """The channels that a label may name: with and without their #."""
    if not isinstance(rule, ChannelRule):
        return None
    check_time()
    pattern = compiled_pattern(rule.matching) if rule.matching is not None else None
    named = [one for one in usable if pattern is None or pattern.matches(one.encode())]
    return ByLabel(rule.label, {**{one.removeprefix("#"): one for one in named}, **{one: one for one in named}})


def _mention_label(rule: Mention) -> ByLabel[Mentions] | None:
    if not isinstance(rule, MentionRule):
        return None
    return ByLabel(rule.label, {value: (mention,) for value, mention in rule.map.items()})
