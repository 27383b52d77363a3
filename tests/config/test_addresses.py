"""A receiver whose channel and mentions are chosen by labels: what they may choose is in the document alone."""

import pytest

from router.config.compile.tenant import compile_tenant
from router.config.read import read_document
from router.config.stored import dump, load
from router.core.model.rules.by_label import ByLabel
from router.core.model.rules.names import ReceiverName
from router.core.model.rules.receiver import Receiver
from router.errors import ConfigurationError

TEXT = """\
version: 1
tenant: acme
platform: {slack: {token: {secret: slack}, channels: ["#alerts", "#team-db", "#team-web", "#secret", C0123456]}}
route: {receiver: all}
receivers:
  - name: all
    slack:
      channel: {label: slack_channel, matching: "#team-.*", else: "#alerts"}
      mention: {label: team, map: {db: "<!subteam^S012>"}, else: ["<!here>"]}
"""


def receiver(text: str = TEXT) -> Receiver:
    return compile_tenant(read_document(text, "acme.yaml"), 1).receivers[ReceiverName("all")]


def test_a_label_may_name_channels_of_the_operators_list_that_match_with_and_without_the_hash() -> None:
    names = {"#team-db": "#team-db", "team-db": "#team-db", "#team-web": "#team-web", "team-web": "#team-web"}

    assert receiver().channel_label == ByLabel("slack_channel", names)
    assert receiver().channel == "#alerts"


def test_the_pattern_is_anchored() -> None:
    only = receiver(TEXT.replace("#team-.*", "#team-|secret"))

    assert only.channels == ("#alerts",)


def test_without_a_pattern_any_channel_of_the_list_may_be_named_also_by_its_id() -> None:
    rule = receiver(TEXT.replace('matching: "#team-.*", ', "")).channel_label

    assert rule is not None
    assert set(rule.choices.values()) == {"#alerts", "#team-db", "#team-web", "#secret", "C0123456"}
    assert rule.choices["C0123456"] == "C0123456"


def test_a_label_chooses_among_mentions() -> None:
    assert receiver().mention_label == ByLabel("team", {"db": ("<!subteam^S012>",)})
    assert receiver().mention == ("<!here>",)


def test_without_the_operators_list_no_label_may_name_a_channel() -> None:
    text = TEXT.replace(', channels: ["#alerts", "#team-db", "#team-web", "#secret", C0123456]', "")

    with pytest.raises(ConfigurationError) as caught:
        read_document(text, "acme.yaml")

    assert str(caught.value) == (
        "acme.yaml:8:24: receivers[0].slack.channel.label: "
        "may only name channels of platform.slack.channels; have those set"
    )


def test_it_is_stored_as_it_is_written() -> None:
    document = read_document(TEXT, "acme.yaml")

    assert load(dump(document, TEXT)).document == document
