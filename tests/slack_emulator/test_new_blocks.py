"""Charts and containers: what Slack would refuse is refused, and named; a workspace may refuse all of a type."""

import copy
from typing import Any

import pytest
from slack_emulator import Emulator
from slack_emulator.attachments import check_attachments
from slack_emulator.blocks import failures
from slack_emulator.refusal import RefusalError
from slack_emulator.refused_blocks import demand_taken
from slack_emulator.schema import messages

Json = dict[str, Any]


def data(*values: float) -> list[Json]:
    return [{"label": str(place), "value": value} for place, value in enumerate(values)]


def chart(**more: Any) -> Json:
    inside = {
        "type": "line",
        "series": [{"name": "a", "data": data(1, -2)}, {"name": "b", "data": data(0.5, 3)}],
        "axis_config": {"categories": ["0", "1"], "x_label": "t", "y_label": "%"},
    }
    return {"type": "data_visualization", "title": "t", "chart": {**inside, **more}}


def section() -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}


def container(**more: Any) -> Json:
    title = {"type": "plain_text", "text": "t"}
    return {"type": "container", "title": title, "child_blocks": [section()], **more}


def why(*blocks: Json) -> str:
    return "\n".join(messages(failures(copy.deepcopy(list(blocks))), "/blocks"))


def test_sound_charts_and_containers_are_taken() -> None:
    pie = chart()
    pie["chart"] = {"type": "pie", "segments": [{"label": "a", "value": 1}]}
    assert why(chart(), pie, container(is_collapsible=True, default_collapsed=True)) == ""


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ({**chart(), "title": "t" * 51}, "must be less than 51 characters [json-pointer:/blocks/0/title]"),
        ({**chart(), "colour": "red"}, "invalid additional property: colour"),
        (chart(type="radar"), "unsupported type: radar"),
        (chart(series=[]), "must provide at least 1 items"),
        (chart(series=[{"name": str(n), "data": data(1, 2)} for n in range(7)]), "no more than 6 items allowed"),
        (chart(series=[{"name": "a", "data": data(1, 2)}] * 2), "must be unique"),
        (chart(series=[{"name": "a", "data": data(1)}]), "labels must match axis_config.categories exactly"),
        (chart(series=[{"name": "a" * 21, "data": data(1, 2)}]), "must be less than 21 characters"),
        (chart(series=[{"name": "a", "data": [{"label": "0", "value": "1"}]}]), "must provide a number"),
        (chart(axis_config={"categories": ["0", "0"]}), "must be unique"),
        (chart(axis_config={"categories": ["0", "1"], "x_label": "t" * 51}), "must be less than 51 characters"),
        (chart(axis_config={"categories": [str(n) for n in range(21)]}), "no more than 20 items allowed"),
        (container(child_blocks=[]), "must provide at least 1 items"),
        (container(child_blocks=[section()] * 11), "no more than 10 items allowed"),
        (container(child_blocks=[chart()]), "unsupported type: data_visualization"),
        (container(child_blocks=[container()]), "unsupported type: container"),
        (container(title={"type": "plain_text", "text": "t" * 151}), "must be less than 151 characters"),
        (container(title="t"), "must provide an object"),
        (container(default_collapsed=True), "missing required field: is_collapsible"),
        (container(is_collapsible=True, has_header_divider=True), "has_header_divider must not be set"),
    ],
)
def test_what_slack_would_refuse_is_refused_and_named(block: Json, reason: str) -> None:
    assert reason in why(block)


def test_a_message_has_at_most_two_charts() -> None:
    assert why(chart(), chart()) == ""
    assert "no more than 2 data_visualization blocks allowed" in why(chart(), chart(), chart())


@pytest.mark.parametrize("block", [chart(), container()])
def test_new_blocks_are_refused_in_attachments(block: Json) -> None:
    with pytest.raises(RefusalError, match="invalid_attachments"):
        check_attachments([{"color": "good", "blocks": [block]}])


def test_a_workspace_that_refuses_a_type_says_which_block_it_was() -> None:
    emulator = Emulator()
    emulator.add_workspace("T1", "acme")
    emulator.refuse_blocks("T1", "container")
    refused = emulator.workspace("T1").refused_blocks

    demand_taken([chart(), section()], refused)
    with pytest.raises(RefusalError) as refusal:
        demand_taken([section(), container()], refused)
    assert refusal.value.body()["response_metadata"] == {
        "messages": ["[ERROR] unsupported type: container [json-pointer:/blocks/1/type]"]
    }
