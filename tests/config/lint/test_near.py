"""A file that has nearly too much of something is doubted before it is refused."""

from router.config.bounds import MAX_HEARTBEATS
from tests.config.lint.documents import HEAD, warnings

START = "route: {receiver: a, group_by: []}\nreceivers: [{name: a, slack: {channel: '#a'}}]\nheartbeats:\n"


def beats(count: int) -> str:
    return HEAD + START + "".join(f"- {{matchers: [h=x{one}], every: 10m, receiver: a}}\n" for one in range(count))


def test_four_fifths_of_a_bound_are_doubted_where_it_stands() -> None:
    assert warnings(beats(MAX_HEARTBEATS * 4 // 5)) == [
        "6:1: heartbeats: 16 heartbeats of 20 that there may be; beyond them the file is refused"
    ]


def test_less_is_not() -> None:
    assert warnings(beats(MAX_HEARTBEATS * 4 // 5 - 1)) == []
