"""One entry of `slack_configs` as our receiver: the channel, and the message's parts as far as they are offered."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from router.config.alertmanager.gotemplate import NotOfferedError
from router.config.alertmanager.original import Original
from router.config.alertmanager.parts import Translated, is_default, of_alerts, of_each_alert, of_message
from router.config.values import MAX_MENTIONS, ChannelText
from router.core.model.rules.receiver import OnChange
from router.core.template.compile import compile_part

Plain = dict[str, Any]

_CHANNEL: Final = TypeAdapter[str](ChannelText)
_COLOR: Final = re.compile(
    r'\{\{-?\s*if eq \.Status "firing"\s*-?\}\}\s*[#\w]+\s*\{\{-?\s*else\s*-?\}\}\s*[#\w]+\s*\{\{-?\s*end\s*-?\}\}\s*'
)
_LABEL: Final = re.compile(r"\{\{-?\s*\.(?:CommonLabels|GroupLabels)\.(\w+)\s*-?\}\}")
_OURS: Final = "messages have their own; docs/templates.md has what a tenant may write itself"
TOKEN_IS_SECRET: Final = "the token of the tenant's bot is a secret: alert-router secret set"  # noqa: S105 - a sentence
"""Why no token is carried over, wherever it stands."""
_HTTP: Final = "how Slack is reached is the operator's, for all tenants"
_BOT: Final = "the bot's own name and picture stand there"
_NOTHING: Final = "nothing of this entry is carried over; name a channel there and import it again"
_HEADING: Final = '{{ [state | bold, subject | bold] | join(" · ") }}'
"""What stands for Alertmanager's own title, above a text that is put beside it."""
_REASONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("api_url", "api_url_file", "app_token", "app_token_file"), TOKEN_IS_SECRET),
    **dict.fromkeys(("app_url", "http_config", "timeout"), _HTTP),
    **dict.fromkeys(("username", "icon_emoji", "icon_url"), _BOT),
    **dict.fromkeys(("fallback", "message_text", "callback_id", "image_url", "thumb_url"), _OURS),
    **dict.fromkeys(("fields", "short_fields"), "labels are listed in the message; `template: detailed` shows all"),
    "actions": "links of annotations, such as runbook_url and dashboard_url, become buttons by themselves",
    "title_link": "the message has links of its own: dashboard, runbook, silence",
    "link_names": "people are called by `mention` alone",
    "mrkdwn_in": "texts are Slack's markup everywhere",
}


class Looks:
    """The templates that receivers need, each once."""

    def __init__(self) -> None:
        self.templates: list[Plain] = []

    def named(self, parts: Plain, receiver: str) -> str:
        """The name of the template with these parts; a new one is called after the receiver."""
        for one in self.templates:
            if one["parts"] == parts:
                return str(one["name"])
        taken = {one["name"] for one in self.templates}
        base = re.sub(r"[^a-z0-9]+", "-", receiver.lower()).strip("-")[:50] or "imported"
        base = f"{base}-message" if base in {"default", "compact", "detailed"} else base
        name = next(name for name in (base, *(f"{base}-{number}" for number in range(2, 2_000))) if name not in taken)
        self.templates.append({"name": name, "parts": parts})
        return name


def slack_of(original: Original, receiver: str, looks: Looks) -> Plain | None:
    """The receiver's part `slack`; None where its channel is none that is known beforehand."""
    if (channel := _channel(original)) is None:
        return None
    parts, mentions = _parts(original)
    found: Plain = {"channel": channel}
    if mentions:
        found["mention"] = list(mentions)[:MAX_MENTIONS]
    if not original.flag("send_resolved"):
        found["send_resolved"] = False
    if (on_change := _on_change(original)) is not None:
        found["on_change"] = on_change.value
    if parts:
        found["template"] = looks.named(parts, receiver)
    color = original.text("color")
    if color and not is_default(color) and not _COLOR.fullmatch(color.strip()):
        original.leave("color", "the colour is that of the state and the severity")
    original.leave_rest(_REASONS, "no key of a Slack receiver")
    return found


def _channel(original: Original) -> str | None:
    written = original.text("channel") or ""
    for text in (written, f"#{written}"):
        try:
            return _CHANNEL.validate_python(text)
        except ValidationError:
            continue
    why = "a channel is not a template here" if "{{" in written else "not a name or an ID of a channel"
    original.leave_all(f"{why}, so {_NOTHING}{_addressed(written)}", "channel")
    return None


def _addressed(written: str) -> str:
    """How a channel from a label is written here."""
    if (found := _LABEL.search(written)) is None:
        return ""
    rule = f'channel: {{label: {found[1]}, matching: "#.*", else: "#alerts"}}'
    return f"; with platform.slack.channels it may then be {rule}"


def _on_change(original: Original) -> OnChange | None:
    threads, edits = original.flag("post_updates_to_thread"), original.flag("update_message")
    if threads:
        return OnChange.THREAD
    return OnChange.EDIT if edits else None


def _parts(original: Original) -> tuple[Plain, dict[str, None]]:
    """The parts that can be carried over, and whom their texts mention."""
    lines: list[str] = []
    mentions: dict[str, None] = {}
    found: Plain = {}

    def carry(key: str, part: str, translate: Callable[[str], Translated]) -> None:
        text = original.text(key)
        if text is None or is_default(text):
            return
        try:
            made = translate(text)
            compile_part(part, made.source)
        except NotOfferedError as error:
            original.leave(key, f"it uses {error}, which templates here do not offer; ours stands there")
            return
        except ValueError as error:
            original.leave(key, f"{error}; ours stands there")
            return
        mentions.update(made.mentions)
        if part == "title":
            lines.append(made.source.strip())
        else:
            found[part] = made.source.strip()

    carry("pretext", "title", of_message)
    above = len(lines)
    carry("title", "title", of_message)
    heading = [] if len(lines) > above else [_HEADING]
    text = original.text("text") or ""
    carry("text", *_place(text))
    carry("footer", "footer", of_message)
    if lines:
        calling = ["{{ mention }}"] if mentions else []
        found = {"title": "\n".join(filter(None, [*calling, *lines[:above], *heading, *lines[above:]])), **found}
    return found, mentions


def _place(text: str) -> tuple[str, Callable[[str], Translated]]:
    """The part that a `text` becomes: that of each alert where it loops over them or shows their annotations."""
    try:
        if (made := of_alerts(text)) is not None:
            return "alert", lambda _text: made
    except NotOfferedError as error:
        reason = error
        return "alert", lambda _text: _refused(reason)
    return ("alert", of_each_alert) if ".CommonAnnotations" in text else ("title", of_message)


def _refused(error: NotOfferedError) -> Translated:
    raise error
