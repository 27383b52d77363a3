"""The block validator: each limit holds at its value and breaks one above, in Slack's words."""

import copy
from typing import Any

import pytest
from slack_emulator.blocks import failures, serialized_length
from slack_emulator.schema import messages

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(text: str = "x", **more: Any) -> Json:
    return {"type": "button", "text": plain(text), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://x.test/a.png", "alt_text": "a", **more}


def overflow(*options: Json) -> Json:
    return section(accessory={"type": "overflow", "options": list(options)})


def option(text: str = "x", value: str = "v") -> Json:
    return {"text": plain(text), "value": value}


def confirm(**more: Any) -> Json:
    parts = {"title": plain("t"), "text": mrkdwn("t"), "confirm": plain("y"), "deny": plain("n")}
    return {**parts, **more}


def table(rows: int, columns: int, text: str = "x") -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns] * rows}


def url(length: int) -> str:
    return "https://x.test/".ljust(length, "a")


def video(**more: Any) -> Json:
    parts = {"alt_text": "a", "title": plain("t"), "thumbnail_url": url(30), "video_url": url(30)}
    return {"type": "video", **parts, **more}


def entry(**more: Any) -> Json:
    return {"type": "input", "label": plain("x"), "element": {"type": "plain_text_input"}, **more}


def lines(*blocks: Any) -> list[str]:
    return messages(failures(list(blocks)), "/blocks")


CHARACTER_LIMITS = [
    ("section text", 3000, lambda n: section("x" * n), "/blocks/0/text/text"),
    ("field", 2000, lambda n: {"type": "section", "fields": [mrkdwn("x" * n)]}, "/blocks/0/fields/0/text"),
    ("header", 150, lambda n: {"type": "header", "text": plain("x" * n)}, "/blocks/0/text/text"),
    (
        "context",
        3000,
        lambda n: {"type": "context", "elements": [mrkdwn("x" * n)]},
        "/blocks/0/elements/0/text",
    ),
    ("button text", 75, lambda n: actions(button("x" * n)), "/blocks/0/elements/0/text/text"),
    ("button value", 2000, lambda n: actions(button(value="x" * n)), "/blocks/0/elements/0/value"),
    ("button url", 3000, lambda n: actions(button(url=url(n))), "/blocks/0/elements/0/url"),
    ("action_id", 255, lambda n: actions(button(action_id="x" * n)), "/blocks/0/elements/0/action_id"),
    (
        "accessibility",
        75,
        lambda n: actions(button(accessibility_label="x" * n)),
        "/blocks/0/elements/0/accessibility_label",
    ),
    ("block_id", 255, lambda n: section(block_id="x" * n), "/blocks/0/block_id"),
    ("image url", 3000, lambda n: image(image_url=url(n)), "/blocks/0/image_url"),
    ("alt_text", 2000, lambda n: image(alt_text="x" * n), "/blocks/0/alt_text"),
    ("image title", 2000, lambda n: image(title=plain("x" * n)), "/blocks/0/title/text"),
    ("option text", 75, lambda n: overflow(option("x" * n)), "/blocks/0/accessory/options/0/text/text"),
    ("option value", 150, lambda n: overflow(option("x", "v" * n)), "/blocks/0/accessory/options/0/value"),
    (
        "confirm title",
        100,
        lambda n: actions(button(confirm=confirm(title=plain("x" * n)))),
        "/blocks/0/elements/0/confirm/title/text",
    ),
    (
        "confirm text",
        300,
        lambda n: actions(button(confirm=confirm(text=mrkdwn("x" * n)))),
        "/blocks/0/elements/0/confirm/text/text",
    ),
    (
        "confirm button",
        30,
        lambda n: actions(button(confirm=confirm(deny=plain("x" * n)))),
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    ("video title", 200, lambda n: video(title=plain("x" * n)), "/blocks/0/title/text"),
    ("input label", 2000, lambda n: entry(label=plain("x" * n)), "/blocks/0/label/text"),
    ("input hint", 2000, lambda n: entry(hint=plain("x" * n)), "/blocks/0/hint/text"),
    (
        "overflow url",
        3000,
        lambda n: overflow({**option(), "url": url(n)}),
        "/blocks/0/accessory/options/0/url",
    ),
    ("markdown", 12_000, lambda n: {"type": "markdown", "text": "x" * n}, "/blocks/0/text"),
]


@pytest.mark.parametrize(
    ("name", "most", "make", "pointer"), CHARACTER_LIMITS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_text_may_be_as_long_as_its_limit_and_not_one_character_longer(
    name: str, most: int, make: Any, pointer: str
) -> None:
    assert lines(make(most)) == [], name
    parent = pointer.rpartition("/")[0]
    preamble = [f"failed to match all allowed schemas [json-pointer:{parent}]"]
    assert lines(make(most + 1)) == [
        *preamble,
        f"must be less than {most + 1} characters [json-pointer:{pointer}]",
    ]


ITEM_LIMITS = [
    ("fields", 10, lambda n: {"type": "section", "fields": [mrkdwn("x")] * n}, "/blocks/0/fields"),
    ("context", 10, lambda n: {"type": "context", "elements": [mrkdwn("x")] * n}, "/blocks/0/elements"),
    ("actions", 25, lambda n: actions(*[button()] * n), "/blocks/0/elements"),
    ("overflow", 5, lambda n: overflow(*[option()] * n), "/blocks/0/accessory/options"),
    ("table rows", 100, lambda n: table(n, 1), "/blocks/0/rows"),
    ("table columns", 20, lambda n: table(1, n), "/blocks/0/rows/0"),
]


@pytest.mark.parametrize(
    ("name", "most", "make", "pointer"), ITEM_LIMITS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_list_may_hold_as_many_items_as_its_limit_and_not_one_more(
    name: str, most: int, make: Any, pointer: str
) -> None:
    assert lines(make(most)) == [], name
    assert lines(make(most + 1))[-1] == f"no more than {most} items allowed [json-pointer:{pointer}]"
    assert lines(make(0))[-1] == f"must provide at least 1 items [json-pointer:{pointer}]"


def test_a_message_may_hold_fifty_blocks_and_the_fifty_first_is_refused_without_a_preamble() -> None:
    assert lines(*[section()] * 50) == []
    assert lines(*[section()] * 51) == ["no more than 50 items allowed [json-pointer:/blocks]"]


WRONG = [
    (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ({"type": "section"}, "missing required field: text [json-pointer:/blocks/0]"),
    ({"type": "section", "text": "x"}, "must provide an object [json-pointer:/blocks/0/text]"),
    (
        {"type": "section", "text": {"type": "mrkdwn"}},
        "missing required field: text [json-pointer:/blocks/0/text]",
    ),
    (
        {"type": "section", "text": {"text": "x"}},
        "missing required field: type [json-pointer:/blocks/0/text]",
    ),
    (
        {"type": "section", "text": {"type": "mrkdwn", "text": 7}},
        "must provide a string [json-pointer:/blocks/0/text/text]",
    ),
    ({"type": "section", "fields": {}}, "must provide an array [json-pointer:/blocks/0/fields]"),
    ({"type": "sektion"}, "unsupported type: sektion [json-pointer:/blocks/0/type]"),
    ({"type": "alert", "text": plain("x")}, "unsupported type: alert [json-pointer:/blocks/0/type]"),
    ({"type": "file", "external_id": "x"}, "unsupported type: file [json-pointer:/blocks/0/type]"),
    ({}, "missing required field: type [json-pointer:/blocks/0]"),
    ("text", "must provide an object [json-pointer:/blocks/0]"),
    (section(color="#fff"), "invalid additional property: color [json-pointer:/blocks/0]"),
    (section(expand=1), "must be a boolean [json-pointer:/blocks/0/expand]"),
    (
        {"type": "header", "text": mrkdwn("x")},
        "must be a valid enum value [json-pointer:/blocks/0/text/type]",
    ),
    (
        {"type": "section", "text": {**mrkdwn("x"), "emoji": True}},
        "invalid additional property: emoji [json-pointer:/blocks/0/text]",
    ),
    (
        {"type": "section", "text": {**plain("x"), "verbatim": True}},
        "invalid additional property: verbatim [json-pointer:/blocks/0/text]",
    ),
    (actions({"type": "button"}), "missing required field: text [json-pointer:/blocks/0/elements/0]"),
    (
        actions({"type": "button", "text": mrkdwn("x")}),
        "must be a valid enum value [json-pointer:/blocks/0/elements/0/text/type]",
    ),
    (actions(button(style="blue")), "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"),
    (
        actions(button(url="javascript:alert(1)")),
        "must be a valid URL [json-pointer:/blocks/0/elements/0/url]",
    ),
    (
        actions(button(url="https://x.test/a b")),
        "must be a valid URL [json-pointer:/blocks/0/elements/0/url]",
    ),
    (
        actions({"type": "static_select"}),
        "unsupported type: static_select [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        actions(button(action_id="a"), button(action_id="a")),
        "duplicate action_id: a [json-pointer:/blocks/0/elements/1/action_id]",
    ),
    (
        {"type": "image", "image_url": "https://x.test/a"},
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    (image(image_url="ftp://x.test/a"), "must be a valid URL [json-pointer:/blocks/0/image_url]"),
    (section(block_id=""), "must be more than 0 characters [json-pointer:/blocks/0/block_id]"),
]


@pytest.mark.parametrize(("block", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_wrong_block_is_named_in_slacks_words(block: Any, message: str) -> None:
    assert message in lines(block)


RIGHT = [
    section(accessory=button(action_id="ack", style="danger", confirm=confirm())),
    section(accessory=image()),
    {"type": "section", "text": {**plain("x"), "emoji": True}, "block_id": "b", "expand": True},
    {"type": "section", "text": {**mrkdwn("x"), "verbatim": True}},
    {"type": "context", "elements": [plain("x"), mrkdwn("x"), image()]},
    {"type": "divider"},
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [{"type": "text", "text": "x", "style": {"bold": True}}],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "link", "url": "https://x.test"}]},
        ],
    },
    {"type": "input", "label": plain("x"), "element": {"type": "plain_text_input", "action_id": "a"}},
    {"type": "video", "alt_text": "a", "title": plain("t"), "thumbnail_url": url(30), "video_url": url(30)},
]


@pytest.mark.parametrize("block", RIGHT, ids=lambda block: str(block["type"]))
def test_a_right_block_passes_and_breaks_with_one_property_more(block: Json) -> None:
    assert lines(block) == []
    assert lines({**copy.deepcopy(block), "colour": "red"}) != []


def test_a_failure_is_preceded_once_by_the_object_that_matched_nothing() -> None:
    two_wrong = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001, "verbatim": "yes"}}
    assert lines(two_wrong) == [
        "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        "must be a boolean [json-pointer:/blocks/0/text/verbatim]",
    ]


def test_two_blocks_may_not_share_a_block_id() -> None:
    assert lines(section(block_id="a"), section(block_id="b")) == []
    assert lines(section(block_id="a"), section(block_id="a"))[-1] == (
        "duplicate block_id: a [json-pointer:/blocks/1/block_id]"
    )


def test_a_message_holds_one_table() -> None:
    assert lines(table(1, 1)) == []
    assert lines(table(1, 1), table(1, 1)) == ["only_one_table_allowed [json-pointer:/blocks]"]


def test_markdown_blocks_share_one_budget() -> None:
    half = {"type": "markdown", "text": "x" * 6_000}
    assert lines(half, half) == []
    assert lines(half, half, {"type": "markdown", "text": "x"}) == [
        "must be less than 12001 characters [json-pointer:/blocks]"
    ]


def test_a_table_holds_ten_thousand_characters_at_most() -> None:
    assert lines(table(10, 10, "x" * 100)) == []
    assert lines(table(10, 10, "x" * 101)) == ["must be less than 10001 characters [json-pointer:/blocks]"]


def test_lengths_are_counted_in_code_points() -> None:
    assert lines(section("🔥" * 3000)) == []
    assert serialized_length([section("🔥")]) == serialized_length([section("x")])
