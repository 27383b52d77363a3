"""Turn a notification into a Slack message: pure, localized, and within every limit.

What alerts say is text to Slack and nothing else; the only tokens are links, dates and the receiver's own mentions. A
message that Slack refused once, or that would break a limit, is sent as plain text.
"""

from router.core.context.context import NO_CONTEXT
from router.core.model.changed import replace
from router.core.model.rules.route import RoutePath
from router.core.render.beside.moved import moved
from router.core.render.card import card
from router.core.render.counted.digest import render_digest
from router.core.render.parts import Parts
from router.core.render.prose.movement import NOT_MOVED
from router.core.render.redaction import Redactor
from router.core.render.reply import plain_reply, reply
from router.core.render.request import RenderRequest
from router.core.render.text import plain
from router.core.render.view import STYLE_LIMITS, view
from router.core.slack.markup import Safe, inline, mentions
from router.core.slack.message import SlackMessage
from router.core.template.filters import UnusableError

_MAX_NAME_CHARS = 100


def render(request: RenderRequest) -> SlackMessage:
    """The message of one call: the card for a post or an edit, what changed for a reply; of a digest its counts."""
    if request.group.digest is not None:
        return render_digest(replace(request, localizer=request.localizer.built_in), request.group.digest)
    if request.group.use_plain_text:
        return render_plain(request)
    parts, is_reply = _parts(request), request.notification.op.is_reply
    message = reply(parts, request) if is_reply else card(parts, request)
    if not message.faults:
        return message
    if request.localizer.custom:
        error = UnusableError("; ".join(message.faults))
        request.localizer.custom.report("message", request.tenant.tenant_id, error)
        return render(replace(request, localizer=request.localizer.built_in))
    return render_plain(request)


def render_plain(request: RenderRequest) -> SlackMessage:
    """The same in words alone, which Slack has no reason to refuse: no blocks, no attachment, no markup, no links."""
    if request.group.digest is not None:
        plain_group = replace(request.group, use_plain_text=True)
        return render_digest(replace(request, group=plain_group), request.group.digest)
    request = replace(request, localizer=request.localizer.built_in)
    parts = _parts(request)
    if request.notification.op.is_reply:
        return SlackMessage(plain_reply(parts, request))
    counts = parts.counts(parts.view.counts, reopened=request.reopened, dotted=True)
    return SlackMessage(plain(parts, parts.heading, counts))


def _parts(request: RenderRequest) -> Parts:
    receiver, localizer = request.receiver, request.localizer
    limits = STYLE_LIMITS[receiver.layout.style]
    shown = view(request, limits)
    return Parts(
        view=shown,
        limits=limits,
        localizer=replace(localizer, custom=localizer.custom.with_full_budget) if localizer.custom else localizer,
        now=request.now,
        mentions=mentions(receiver.mention) if request.notification.mentions else Safe(),
        receiver=inline(receiver.name, _MAX_NAME_CHARS),
        route=_route(request.group.key.path, request.redactor),
        tenant=inline(request.tenant.tenant_id, _MAX_NAME_CHARS),
        link_form=receiver.link_form,
        without_extras=request.group.without_extras,
        flapping=request.notification.flaps.is_on,
        context=NO_CONTEXT if request.notification.op.is_reply else request.context,
        redactor=request.redactor,
        moved=NOT_MOVED if request.notification.op.is_reply else moved(request, shown.name),
    )


def _route(path: RoutePath, redactor: Redactor) -> str:
    """Which route it came by: the conditions from the root down, of many the last; nothing for the root."""
    conditions = [matchers[1:-1] for matchers in path if matchers != "{}"]
    whole = " → ".join(conditions)
    shown = whole if len(whole) <= _MAX_NAME_CHARS else f"… → {conditions[-1]}"
    return inline(redactor.matchers(shown), _MAX_NAME_CHARS)
