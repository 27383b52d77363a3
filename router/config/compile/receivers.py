"""Receivers, with what the document says for all of them."""

from collections.abc import Mapping

from router.config.document.appearance import TemplateEntry
from router.config.document.receivers import ReceiverEntry
from router.config.document.tenant import TenantDocument
from router.core.model.rules.receiver import Layout, Receiver, Style, null_receiver


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
        channel=slack.channel,
        mention=slack.mention,
        locale=slack.locale or document.locale,
        send_resolved=slack.send_resolved,
        on_change=slack.on_change,
        layout=looks[slack.template],
        links=slack.links,
        digest_above=(slack.digest or document.digest).threshold,
    )
