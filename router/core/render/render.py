"""Turn a telling into a Slack message: pure, localized, and within every limit.

What alerts say is text to Slack and nothing else; the only tokens are links, dates and the receiver's own mentions. A
message that Slack refused once, or that would break a limit, is told in plain text.
"""

from dataclasses import replace

from router.core.decide.notification import Telling
from router.core.model.group import Notification
from router.core.model.instant import Instant
from router.core.model.tenant import Path, Receiver, Tenant
from router.core.render.card import card
from router.core.render.localizer import Wording
from router.core.render.parts import Parts
from router.core.render.redaction import Veil, veil
from router.core.render.reply import plain_reply, reply
from router.core.render.text import plain
from router.core.render.view import EXTENTS, view
from router.core.slack.markup import Safe, inline, mentions
from router.core.slack.message import SlackMessage, faults
from router.core.template.filters import UnusableError

_MAX_NAME_CHARS = 100


def render(
    loaded: Notification, telling: Telling, receiver: Receiver, tenant: Tenant, wording: Wording, now: Instant
) -> SlackMessage:
    """The message of one call: the card for a post or an edit, what changed for a reply."""
    if loaded.plain:
        return render_plain(loaded, telling, receiver, tenant, wording, now)
    parts = _parts(loaded, telling, receiver, tenant, wording, now)
    message = reply(parts, loaded, telling) if telling.op.is_reply else card(parts, _reopened(loaded, telling))
    if not faults(message):
        return message
    if wording.own:
        wording.own.report("message", tenant.tenant_id, UnusableError("; ".join(faults(message))))
        return render(loaded, telling, receiver, tenant, wording.built_in, now)
    return render_plain(loaded, telling, receiver, tenant, wording, now)


def render_plain(
    loaded: Notification, telling: Telling, receiver: Receiver, tenant: Tenant, wording: Wording, now: Instant
) -> SlackMessage:
    """The same in words alone, which Slack has no reason to refuse: no blocks, no attachment, no markup, no links."""
    parts = _parts(loaded, telling, receiver, tenant, wording.built_in, now)
    if telling.op.is_reply:
        return SlackMessage(plain_reply(parts, loaded, telling))
    counts = parts.counts(parts.view.counts, reopened=_reopened(loaded, telling), dotted=True)
    return SlackMessage(plain(parts, parts.heading, counts))


def _parts(
    loaded: Notification, telling: Telling, receiver: Receiver, tenant: Tenant, wording: Wording, now: Instant
) -> Parts:
    extent = EXTENTS[receiver.layout.style]
    return Parts(
        view=view(loaded, telling, tenant, wording, extent),
        extent=extent,
        wording=replace(wording, own=wording.own.afresh) if wording.own else wording,
        now=now,
        mentions=mentions(receiver.mention) if telling.mentions else Safe(),
        receiver=inline(receiver.name, _MAX_NAME_CHARS),
        route=_route(loaded.key.path, veil(tenant.redaction, loaded)),
        tenant=inline(tenant.tenant_id, _MAX_NAME_CHARS),
    )


def _route(path: Path, cover: Veil) -> str:
    """Which route it came by: the conditions from the root down, of many the last; nothing for the root."""
    conditions = [matchers[1:-1] for matchers in path if matchers != "{}"]
    whole = " → ".join(conditions)
    shown = whole if len(whole) <= _MAX_NAME_CHARS else f"… → {conditions[-1]}"
    return inline(cover.matchers(shown), _MAX_NAME_CHARS)


def _reopened(loaded: Notification, telling: Telling) -> int:
    return loaded.reopened + telling.reopens
