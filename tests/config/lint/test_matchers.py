"""Matchers that mean something else than it seems, or no more than a simpler one."""

import pytest

from router.config.lint.lint import misread
from tests.config.lint.documents import document_of, warnings, with_matchers, with_routes


@pytest.mark.parametrize(
    ("matcher", "value"),
    [("severity=critical OR warning", "critical OR warning"), ("team =~ db | storage", "db | storage")],
)
def test_a_value_with_blanks_and_no_quotes_is_doubted(matcher: str, value: str) -> None:
    [warning] = warnings(with_matchers(matcher))

    assert warning == (
        f"8:19: route.routes[0].matchers[0]: the whole of `{value}` is the value; if it is meant so, "
        "write it in double quotes"
    )


@pytest.mark.parametrize(
    ("matcher", "value"),
    [("severity='critical'", "critical"), ("team =~ 'db|storage' ", "db|storage"), ("{a=b, c!='d e'}", "d e")],
)
def test_single_quotes_around_a_value_never_match_and_are_doubted(matcher: str, value: str) -> None:
    [warning] = warnings(with_matchers(matcher))

    assert f'the single quotes belong to the value; write `"{value}"`' in warning


@pytest.mark.parametrize(
    ("matcher", "remedy"),
    [
        (r'a=~"\d+"', r'only the older grammar of Alertmanager reads this; write `a=~"\\d+"`'),
        ("a=it's", """only the older grammar of Alertmanager reads this; write `a="it's"`"""),
        ("foo=,b=c", """only the older grammar of Alertmanager reads this; write `foo="",b="c"`"""),
        (r'a="\t"', r'two grammars read this differently, and the older one holds; write `a="\\t"`'),
        ("{}", "it holds no matcher, so every alert fulfils it; remove it"),
    ],
)
def test_a_text_that_alertmanager_warns_about_is_a_warning_with_what_to_write(matcher: str, remedy: str) -> None:
    [warning] = warnings(with_matchers(matcher))

    assert warning.endswith(remedy)
    if "write" in remedy:
        assert warnings(with_matchers(remedy.rpartition("write `")[2].removesuffix("`"))) == []


@pytest.mark.parametrize(
    ("matcher", "remedy"),
    [
        ('a=~"db"', '`a="db"`'),
        ('a!~"db-1"', '`a!="db-1"`'),
        ('a=~"^db$"', '`a="db"`'),
        ('a=~"(db)"', '`a="db"`'),
        ('a=~""', '`a=""`'),
        ('a=~".*"', '`a=~".*"` is fulfilled by every alert; remove it'),
    ],
)
def test_a_pattern_that_says_no_more_than_an_equality_is_doubted(matcher: str, remedy: str) -> None:
    [warning] = warnings(with_matchers(matcher))

    assert remedy in warning


@pytest.mark.parametrize(
    "matcher",
    [
        'a="b c"', "a=b", " a = b ", '{a="b c", d=e}', """a="'b'" """, """a="x='y'" """, 'a=~"db|web"', 'a=~"db.*"',
        'a=~"a.b"', 'a=~"(?i)db"', 'a=~".+"', 'a!~".*"', 'föö="b"',
    ],
)  # fmt: skip
def test_what_is_meant_is_not_doubted(matcher: str) -> None:
    assert warnings(with_matchers(matcher)) == []


def test_a_source_that_every_alert_is_cannot_be_removed_and_is_doubted_all_the_same() -> None:
    rule = "{source_matchers: ['a=~\".*\"'], target_matchers: ['a=~\".*\"', c=d]}"
    text = with_routes(more=f"inhibit_rules: [{rule}]\n").replace("  routes:\n", "")

    source, target = warnings(text)
    assert source.endswith(
        '`a=~".*"` is fulfilled by every alert, so every alert holds others back; name those that do'
    )
    assert target.endswith('`a=~".*"` is fulfilled by every alert; remove it')


def test_inhibition_rules_and_heartbeats_are_looked_at_too() -> None:
    text = with_routes(
        more="inhibit_rules: [{source_matchers: [\"a='b'\"], target_matchers: [c=d, 'e=f g']}]\n"
        "heartbeats: [{matchers: [x=y z], every: 10m, receiver: a}]\n"
    ).replace("  routes:\n", "")

    assert [one.path for one in misread(document_of(text), text)] == [
        ("inhibit_rules", 0, "source_matchers", 0),
        ("inhibit_rules", 0, "target_matchers", 1),
        ("heartbeats", 0, "matchers", 0),
    ]


@pytest.mark.parametrize("text", ["severity==critical", "severity == critical"])
def test_two_signs_are_one_too_many_unless_the_second_is_meant(text: str) -> None:
    [warning] = warnings(with_matchers(text))

    meant = 'write `severity="critical"`, or `severity="=critical"` if it is meant so'
    assert f"the second = belongs to the value; {meant}" in warning


@pytest.mark.parametrize("text", ['severity="=critical"', 'severity="critical"', 'a=~"=.+"'])
def test_a_sign_within_quotes_is_the_authors(text: str) -> None:
    assert not any("second =" in one for one in warnings(with_matchers(text)))
