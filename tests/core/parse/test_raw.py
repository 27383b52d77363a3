"""An alert that is set aside alone keeps the bytes that were sent."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.model.instant import Instant
from router.core.parse.raw import alerts_as_sent
from router.core.parse.webhook import parse
from tests.adapters.builders import NOON

GOOD = '{"labels" : {"alertname":"A"}, "n": [1e15, 0.10]}'
BAD = '{ "labels":{}, "text": "\\u00e9 é \\ud83d, ]}", "n": 1e15 }'

BODIES = {
    "list": f" [{GOOD},\n{BAD} ] ",
    "webhook": f'{{"version":"4", "x": {{"alerts": [1]}},"alerts" : [{GOOD} , {BAD}], "y": "alerts"}}',
    "two lists": f'{{"alerts": [1, 2, 3], "alerts": [{GOOD},{BAD}]}}',
    "a name in escapes": f'{{"\\u0061lerts": [{GOOD},{BAD}]}}',
    "a byte order mark": f"\ufeff[{GOOD},{BAD}]",
}


@pytest.mark.parametrize("form", BODIES)
def test_each_alert_is_found_as_it_was_sent(form: str) -> None:
    assert alerts_as_sent(BODIES[form].encode()) == [GOOD.encode(), BAD.encode()]


def test_a_single_alert_is_the_body() -> None:
    assert alerts_as_sent(f"\n {BAD}\n".encode()) == [BAD.encode()]


@pytest.mark.parametrize("body", ["", "{", "[1,", '{"alerts"', '{"alerts": 1}', "[" * 100_000])
def test_what_cannot_be_found_is_left_to_others(body: str) -> None:
    assert alerts_as_sent(body.encode()) == []


def test_numbers_do_not_grow() -> None:
    bad = b'{"nolabels":[' + b",".join([b"1e15"] * 1000) + b"]}"
    webhook = parse(b'{"alerts":[{"labels":{"alertname":"GOOD"}},' + bad + b"]}", Instant(NOON))

    assert [alert.labels for alert in webhook.alerts] == [{"alertname": "GOOD"}]
    assert [one.body for one in webhook.rejected] == [bad]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.hypothesis
@given(st.lists(JSON, max_size=5), st.dictionaries(st.text(max_size=8), JSON, max_size=3), st.booleans())
def test_whatever_surrounds_them_they_are_found(
    items: list[object], around: dict[str, object], ascii_only: bool
) -> None:
    body = json.dumps({**around, "alerts": items}, ensure_ascii=ascii_only)

    sent = alerts_as_sent(body.encode(errors="surrogatepass") if ascii_only else body.encode(errors="replace"))

    assert len(sent) == len(items)
    if ascii_only:
        assert [json.loads(one) for one in sent] == items
