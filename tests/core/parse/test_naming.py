"""A log line about a body that cannot be used names its alert where that can be seen."""

import pytest

from router.core.parse.naming import alert_named_in


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"alerts":[{"labels":{"alertname" : "DiskFull"}},{"labels":{"alertname":"B"}}]', "DiskFull"),
        (b"garbage", ""),
        (b"", ""),
        (b'{"alertname":7}', ""),
        (b'{"alertname":"\xff"}', "\ufffd"),
        (b" " * 70_000 + b'{"alertname":"Late"}', ""),
    ],
    ids=["two", "garbage", "empty", "a number", "not utf-8", "far behind"],
)
def test_the_first_name_near_the_beginning_is_found(body: bytes, name: str) -> None:
    assert alert_named_in(body) == name
