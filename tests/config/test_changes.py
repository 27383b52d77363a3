"""What a change is called in one line."""

import pytest

from router.config.changes import summary
from router.config.read import read_document
from tests.config.samples import SMALL, changed

THIRD = "  - {name: third, slack: {channel: C0123456}}\n"


def between(before: str, after: str) -> str:
    return summary(read_document(before, "before"), read_document(after, "after"))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (changed("tenant: acme", "tenant: acme\nlocale: fr"), "locale: `en` -> `fr`"),
        (changed("tenant: acme", "tenant: acme   # a word"), "the same rules, written differently"),
        (changed("receiver: oncall", "receiver: default"), "route.routes.0.receiver: `oncall` -> `default`"),
        (changed("receiver: oncall", "receiver: oncall, group_wait: 5s"), "route.routes.0.group_wait: added"),
        (SMALL + THIRD, "receivers.third: added"),
        (
            changed("tenant: acme", "tenant: acme\nseverity: {order: [{critical: [page]}, info]}"),
            "severity.order: `[\"critical\", \"error\", \"warning\", \"info\"]`"
            " -> `[{\"critical\": [\"page\"]}, \"info\"]`",
        ),
        (
            changed("  - {name: default, slack: {channel: \"#alerts\"}}\n", "")
            + "  - {name: default, slack: {channel: \"#alerts\"}}\n",
            "the same rules, written differently",
        ),
        (
            changed("receiver: oncall}", "receiver: oncall}\n    - {receiver: default}"),
            "route.routes: 1 entry -> 2 entries",
        ),
        (
            changed("channel: C0123456}", "channel: C0123456, mention: [<!here>]}"),
            "receivers.oncall.slack.mention: `[]` -> `[\"<!here>\"]`",
        ),
        (
            changed("tenant: acme", "tenant: acme\nlocale: fr\ntime_zone: Europe/Paris\nseverity: {label: s}")
            + THIRD,
            "locale: `en` -> `fr`; time_zone: `UTC` -> `Europe/Paris`; severity.label: `severity` -> `s`; and 1 more",
        ),
    ],
)  # fmt: skip
def test_a_change_is_named_by_its_path_and_values(after: str, expected: str) -> None:
    assert between(SMALL, after) == expected


def test_what_was_not_there_is_new() -> None:
    assert summary(None, read_document(SMALL, "a")) == "new tenant"
