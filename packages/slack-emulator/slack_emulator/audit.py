"""Walks an accepted message and reports what its readers would regret, although Slack accepts it.

These strings are mrkdwn: the top-level text, every mrkdwn object and markdown block at any depth, and the legacy text
fields of attachments. Slack never parses plain text, so it is not audited. Rich-text mentions count as mentions.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from slack_emulator.journal import AnomalyKind
from slack_emulator.mrkdwn import Finding, audit
from slack_emulator.workspace import Json

_RICH_MENTIONS: Mapping[str, tuple[str, str]] = {
    "user": ("user_id", "<@{}>"),
    "usergroup": ("usergroup_id", "<!subteam^{}>"),
    "broadcast": ("range", "<!{}>"),
}
_LEGACY_TEXTS = ("text", "pretext", "value")
_LEGACY_LINKS = ("title_link", "author_link", "author_icon", "footer_icon", "image_url", "thumb_url")


def audit_message(
    text: str,
    blocks: Sequence[Json],
    attachments: Sequence[Json],
    allowed: Collection[str],
    *,
    text_auto_parsed: bool,
) -> Iterator[Finding]:
    """Everything that readers would regret in the message as it will be stored."""
    if not text.strip() and (blocks or attachments):
        yield Finding(AnomalyKind.TEXT_MISSING, "blocks or attachments without a top-level text")
    yield from audit(text, allowed, auto_parsed=text_auto_parsed)
    for block in blocks:
        yield from _audit_block(block, allowed)
    for attachment in attachments:
        yield from _audit_attachment(attachment, allowed)


def _audit_block(value: object, allowed: Collection[str]) -> Iterator[Finding]:
    if isinstance(value, list):
        for child in value:
            yield from _audit_block(child, allowed)
    elif isinstance(value, dict):
        yield from _audit_object(value, allowed)
        for child in value.values():
            yield from _audit_block(child, allowed)


def _audit_object(value: Json, allowed: Collection[str]) -> Iterator[Finding]:
    kind = value.get("type")
    if kind in ("mrkdwn", "markdown"):
        yield from audit(str(value["text"]), allowed, auto_parsed=value.get("verbatim") is not True)
    elif isinstance(kind, str) and kind in _RICH_MENTIONS:
        key, form = _RICH_MENTIONS[kind]
        yield from audit(form.format(value[key]), allowed, auto_parsed=False)


def _audit_attachment(attachment: Json, allowed: Collection[str]) -> Iterator[Finding]:
    for part in (attachment, *attachment.get("fields", ())):
        for key in _LEGACY_TEXTS:
            if isinstance(part.get(key), str):
                yield from audit(part[key], allowed, auto_parsed=True)
    for key in _LEGACY_LINKS:
        link = attachment.get(key)
        if link is not None and not str(link).lower().startswith(("http://", "https://")):
            yield Finding(AnomalyKind.LINK_SCHEME, f"{key}: {link}")
    yield from _audit_block(attachment.get("blocks", []), allowed)
