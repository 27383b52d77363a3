"""Whether a query of ours reads only what has the label is asked of the parser, not of the text."""

import pytest

from router.core.context.promql.reading import reads_with
from router.core.model.rules.context import OnlyLabel

ACME = OnlyLabel("tenant", "acme")


@pytest.mark.parametrize("query", ['x{tenant="acme"}', 'x{tenant="acme",a="b"} / y{tenant="acme"}'])
def test_it_does_where_each_selector_has_it(query: str) -> None:
    assert reads_with(query, ACME)


@pytest.mark.parametrize(
    "query",
    [
        "x",
        "1",
        "x{",
        'x{tenant="beta"}',
        'x{tenant=~"acme"}',
        'x{tenant!="acme"}',
        'x{a="tenant=\\"acme\\""}',
        'x{tenant="acme"} + y',
        'x{tenant="acme" or a="b"}',
    ],
)
def test_it_does_not_where_one_has_it_not_for_certain(query: str) -> None:
    assert not reads_with(query, ACME)
