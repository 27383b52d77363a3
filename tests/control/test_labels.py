"""Labels as people write them in a command."""

import pytest

from router.control.labels import read_label
from router.errors import ConfigurationError


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("severity=critical", ("severity", "critical")),
        ('severity="critical"', ("severity", "critical")),
        ('path="a \\"b\\""', ("path", 'a "b"')),
        ("a=b=c", ("a", "b=c")),
        ("a=", ("a", "")),
        ('a=""', ("a", "")),
        ('a="', ("a", '"')),
    ],
)
def test_quotes_around_a_value_do_not_belong_to_it(text: str, label: tuple[str, str]) -> None:
    assert read_label(text) == label


@pytest.mark.parametrize("text", ["severity", "=critical", 'a="b",c="d"', 'a="b"c"'])
def test_what_is_no_label_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigurationError, match="use for example severity=critical"):
        read_label(text)
