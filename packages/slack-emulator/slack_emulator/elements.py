"""The parts that blocks are made of: text objects, buttons and menus, images, rich text.

Limits are those that Slack publishes. Interactive elements that alerts do not use (selects, pickers, checkboxes) are
not emulated, and therefore refused.
"""

from slack_emulator.schema import Check, anything, array, boolean, enum, number, record, string, url, variant


def plain_text(most: int = 3000) -> Check:
    """A text object without markup; only this one may have `emoji`."""
    return record({"type": enum("plain_text"), "text": string(1, most)}, {"emoji": boolean})


def mrkdwn_text(most: int = 3000) -> Check:
    """A text object with Slack's markup; only this one may have `verbatim`."""
    return record({"type": enum("mrkdwn"), "text": string(1, most)}, {"verbatim": boolean})


def text_object(most: int = 3000) -> Check:
    """Either kind of text object."""
    return variant({"plain_text": plain_text(most), "mrkdwn": mrkdwn_text(most)})


ACTION_ID = string(1, 255)

CONFIRM = record(
    {"title": plain_text(100), "text": text_object(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": enum("primary", "danger")},
)

OPTION = record(
    {"text": plain_text(75), "value": string(1, 150)},
    {"description": plain_text(75), "url": url(3000)},
)

BUTTON = record(
    {"type": anything, "text": plain_text(75)},
    {
        "action_id": ACTION_ID,
        "url": url(3000),
        "value": string(1, 2000),
        "style": enum("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(1, 75),
    },
)

OVERFLOW = record(
    {"type": anything, "options": array(OPTION, 1, 5)},
    {"action_id": ACTION_ID, "confirm": CONFIRM},
)

IMAGE_ELEMENT = record({"type": anything, "image_url": url(3000), "alt_text": string(1, 2000)})

ACTION_ELEMENT = variant({"button": BUTTON, "overflow": OVERFLOW})
ACCESSORY = variant({"button": BUTTON, "overflow": OVERFLOW, "image": IMAGE_ELEMENT})
CONTEXT_ELEMENT = variant({"plain_text": plain_text(), "mrkdwn": mrkdwn_text(), "image": IMAGE_ELEMENT})

PLAIN_TEXT_INPUT = record(
    {"type": anything},
    {
        "action_id": ACTION_ID,
        "placeholder": plain_text(150),
        "initial_value": string(0, 3000),
        "multiline": boolean,
        "min_length": number,
        "max_length": number,
        "focus_on_load": boolean,
    },
)

_STYLE = record({}, {"bold": boolean, "italic": boolean, "strike": boolean, "code": boolean, "underline": boolean})

_INLINE = variant(
    {
        "text": record({"type": anything, "text": string(1)}, {"style": _STYLE}),
        "link": record({"type": anything, "url": url()}, {"text": string(1), "unsafe": boolean, "style": _STYLE}),
        "emoji": record({"type": anything, "name": string(1)}, {"unicode": string(1), "style": _STYLE}),
        "user": record({"type": anything, "user_id": string(1)}, {"style": _STYLE}),
        "usergroup": record({"type": anything, "usergroup_id": string(1)}, {"style": _STYLE}),
        "channel": record({"type": anything, "channel_id": string(1)}, {"style": _STYLE}),
        "broadcast": record({"type": anything, "range": enum("here", "channel", "everyone")}, {"style": _STYLE}),
        "date": record(
            {"type": anything, "timestamp": number, "format": string(1)},
            {"url": url(), "fallback": string(1), "style": _STYLE},
        ),
    }
)

_RICH_SECTION = record({"type": enum("rich_text_section"), "elements": array(_INLINE, 0)})

RICH_ELEMENT = variant(
    {
        "rich_text_section": _RICH_SECTION,
        "rich_text_list": record(
            {"type": anything, "style": enum("bullet", "ordered"), "elements": array(_RICH_SECTION)},
            {"indent": number, "offset": number, "border": enum(0, 1)},
        ),
        "rich_text_preformatted": record(
            {"type": anything, "elements": array(_INLINE, 0)}, {"border": enum(0, 1), "language": string(1)}
        ),
        "rich_text_quote": record({"type": anything, "elements": array(_INLINE, 0)}, {"border": enum(0, 1)}),
    }
)
