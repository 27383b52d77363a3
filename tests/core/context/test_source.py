"""The expression of an alert is that of its link's first panel, or there is none."""

from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.context.source import expression_in
from router.core.context.undrawn import Undrawn, UndrawnError
from tests.bounds import tries


@pytest.mark.parametrize(
    ("link", "expression"),
    [
        ("http://prom:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1", "up == 0"),
        ("https://prom/prefix/query?g0.expr=a%7Bb%3D%22%C3%A9%22%7D&g1.expr=other", 'a{b="\u00e9"}'),
        ("https://vm/vmui/#/?g0.expr=up&g0.step=5m", "up"),
    ],
)
def test_it_is_that_of_the_first_panel(link: str, expression: str) -> None:
    assert expression_in(link) == expression


@pytest.mark.parametrize(
    "link",
    [
        "",
        "https://grafana/alerting/grafana/abc/view?orgId=1",
        "https://prom/graph?g1.expr=up",
        "https://prom/graph?g0.expr=",
        "https://prom/graph?g0.expr=up&g0.expr=down",
        "javascript:alert(1)?g0.expr=up",
        "file:///x?g0.expr=up",
        "//prom/graph?g0.expr=up",
        "https://[prom/graph?g0.expr=up",
        "https://prom/graph?g0.expr=%ff",
        "https://prom/graph?g0.expr=up&" + "a=b&" * 200,
    ],
)
def test_other_links_hold_none(link: str) -> None:
    with pytest.raises(UndrawnError) as caught:
        expression_in(link)

    assert caught.value.reason is Undrawn.NO_EXPRESSION


@tries("link to where an alert comes from, in which its expression is looked for")
def test_a_link_is_so_long(beyond: int) -> None:
    link = "http://prom/graph?g0.expr=up&x=".ljust(16384 + beyond, "x")

    if beyond > 0:
        with pytest.raises(UndrawnError, match="too_large"):
            expression_in(link)
    else:
        assert expression_in(link) == "up"


@given(st.text(min_size=1, max_size=50).filter(str.strip))
def test_whatever_prometheus_puts_into_its_link_is_found(text: str) -> None:
    assert expression_in(f"http://prom:9090/graph?g0.expr={quote_plus(text)}&g0.tab=1") == text
