"""A hostile template is refused by its syntax, in a line its author can act on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.template.compile import CustomParts, compile_part
from router.core.template.flaw import Flaw, FlawedError
from router.core.template.language import FILTERS, MAX_SOURCE, PARTS, PHRASES
from tests.examples import examples

REFUSED = [
    ("{{ name.__class__ }}", "`__class__`: names may not begin with an underscore"),
    ('{{ name["__class__"] }}', "`__class__`: names may not begin with an underscore"),
    ("{{ ''.__class__.__mro__ }}", "underscore"),
    ('{{ name | attr("__class__") }}', "there is no filter `attr`"),
    ("{{ 'x' * 10**9 }}", "the operator `*`"),
    ("{{ 2 ** 99999 }}", "the operator `**`"),
    ("{{ '%500000000d' % 1 }}", "the operator `%`"),
    ("{{ name + name }}", "the operator `+`"),
    ("{{ 1 // 0 }}", "the operator `//`"),
    ("{{ -total }}", "the operator `-`"),
    ("{{ '%500000000d' | format(1) }}", "there is no filter `format`"),
    ("{{ '{:>500000000}'.format(1) }}", "a call"),
    ("{{ name.ljust(10**9) }}", "a call"),
    ("{{ name | indent(100000000) }}", "there is no filter `indent`"),
    ("{{ name | center(100000000) }}", "there is no filter `center`"),
    ("{{ name | replace('', name) }}", "there is no filter `replace`"),
    ("{{ name | map('upper') }}", "there is no filter `map`"),
    ("{{ name | batch(1) | list }}", "there is no filter `list`"),
    ("{{ lipsum() }}", "a call"),
    ("{{ lipsum }}", "no variable `lipsum`"),
    ("{{ cycler }}", "no variable `cycler`"),
    ("{{ namespace }}", "no variable `namespace`"),
    ("{{ self }}", "no variable `self`"),
    ("{{ self.title() }}", "a call"),
    ("{{ super() }}", "a call"),
    ("{{ caller() }}", "a call"),
    ("{{ gettext('x') }}", "a call"),
    ("{% set x = name %}", "`set`"),
    ("{% set x %}a{% endset %}", "`set`"),
    ("{% set ns.x = name %}", "`set`"),
    ("{% macro a() %}{{ a() }}{% endmacro %}", "`macro`"),
    ("{% call a() %}{% endcall %}", "`call`"),
    ("{% include 'title.j2' %}", "`include`"),
    ("{% import 'title.j2' as x %}", "`import`"),
    ("{% from 'title.j2' import x %}", "`import`"),
    ("{% extends 'title.j2' %}", "`extends`"),
    ("{% block a %}{% endblock %}", "`block`"),
    ("{% with a = name %}{% endwith %}", "`with`"),
    ("{% filter upper %}a{% endfilter %}", "`filter` blocks"),
    ("{% autoescape true %}a{% endautoescape %}", "`autoescape`"),
    ("{% trans %}a{% endtrans %}", "unknown tag 'trans'"),
    ("{% do name %}", "unknown tag 'do'"),
    ("{% for a, (b, c) in labels | dictsort %}{% endfor %}", "a loop names what it goes over"),
    ("{{ " + "(" * 1500 + "1" + ")" * 1500 + " }}", "it is nested too deeply"),
    ("{% for i in range(100000000) %}{% endfor %}", "a loop goes over a variable"),
    ("{% for i in 'x' %}{% endfor %}", "a loop goes over a variable"),
    ("{% for i in [1, 2] %}{% endfor %}", "a loop goes over a variable"),
    ("{% for i in labels recursive %}{% endfor %}", "`recursive`"),
    ("{% for i in labels %}{{ loop(labels) }}{% endfor %}", "a call"),
    ("{% for i in labels %}{{ loop }}{% endfor %}", "loop.index"),
    ("{% for i in labels %}{{ loop.previtem }}{% endfor %}", "`loop` has no `previtem`"),
    ("{{ loop.index }}", "`loop` has in a loop"),
    ("{% for loop in labels %}{% endfor %}", "`loop` cannot be the name"),
    ("{% for _x in labels %}{% endfor %}", "`_x` cannot be the name"),
    ("{% for a in labels %}" * 3 + "{% endfor %}" * 3, "no deeper"),
    (
        "{% for a in labels %}{% for b in labels %}" + "{{ a }}" * 30 + "{% endfor %}" * 2,
        "it does too much in its loops",
    ),
    ("{{ labels[name] }}", "a name in quotes or a number"),
    ("{{ labels[:2] }}", "a name in quotes or a number"),
    ("{{ {'a': 1} }}", "a mapping"),
    ("{{ (1, 2) }}", "templates may not use tuple"),
    ("{{ " + "9" * 30 + " }}", "a number should be whole"),
    ("{{ 1e400 }}", "a number should be whole"),
    ("{{ name == 1.5 }}", "a number should be whole"),
    ("{{ " + "9" * 4090 + " }}", "a number should be whole"),
    ("x" * (MAX_SOURCE + 1), "too long: 4097 bytes of at most 4096"),
    ("é" * 2049, "too long: 4098 bytes"),
    ("{{ name }}" * 400, "too long: 401 elements of at most 400"),
    ("{{ name" + " | upper" * 300 + " }}", "nested too deeply"),
    ("{% if name %}" * 60 + "{% endif %}" * 60, "nested too deeply"),
    ("{{ " + "(" * 2000 + " }}", "nested too deeply"),
    ("{{ " + "not " * 900 + "name }}", "nested too deeply"),
    ("{{ name | upper('a') }}", "`upper` takes no argument"),
    ("{{ name | truncate }}", "`truncate` takes one argument"),
    ("{{ name | truncate(length=9) }}", "`truncate` takes one argument"),
    ("{{ name | truncate(total) }}", "`truncate` takes a number"),
    ("{{ labels | join(name) }}", "`join` takes a text in quotes"),
    ("{{ labels | join(*labels) }}", "`join` takes at most one argument"),
    ("{{ name is divisibleby(3) }}", "there is no test `divisibleby`"),
    ("{{ '%500000000d' is odd }}", "there is no test `odd`"),
    ("{{ name is defined(1) }}", "takes no argument"),
    ("{{ lables }}", "this part has no variable `lables`, did you mean `labels`?"),
    ("{{ n\u0430me }}", "did you mean `name`?"),
    ("{{ t.fring }}", "there is no phrase `fring`, did you mean `firing`?"),
    ("{{ t }}", "`t` holds phrases"),
    ("{{ t['firing'] }}", "`t` holds phrases"),
    ("{{ name | uper }}", "there is no filter `uper`, did you mean `upper`?"),
    ("{{ _budget }}", "no variable `_budget`"),
    ("a\u202eb", "the character U+202E cannot be seen"),
    ("a\x00b", "the character U+0000 cannot be seen"),
    ("a\ud800b", "the character U+D800 cannot be seen"),
    ('{{ "\\u202e" }}', "the character U+202E cannot stand in quotes"),
    ('{{ "\\n" }}', "the character U+000A cannot stand in quotes"),
    ("{{ name", "unexpected end of template"),
    ("{{ name }", "unexpected '}'"),
    ("{{ $labels.foo }}", "Go templates are not understood"),
    ("{{ .CommonLabels.foo }}", "Go templates are not understood"),
    ("{{ range .Alerts }}{{ .Labels.foo }}{{ end }}", "Go templates are not understood"),
    ("{{ range .Alerts }}x", "Go templates are not understood"),
    ("{{ range Alerts }}x", "Go templates are not understood"),
    ("{{range $i, $a := .Alerts}}x{{end}}", "Go templates are not understood"),
    ("{{- range .Alerts.Firing -}}x", "Go templates are not understood"),
    ("{{ with .CommonAnnotations }}x", "Go templates are not understood"),
    ("{{ if .Alerts }}x", "Go templates are not understood"),
    ("{{ if eq status 1 }}x", "Go templates are not understood"),
    ("{{ end }}", "Go templates are not understood"),
    ("{{ else }}", "Go templates are not understood"),
    ("{{ len .Alerts }}", "Go templates are not understood"),
    ('{{ eq .Status "firing" }}', "Go templates are not understood"),
    ("{{ toUpper .Status }}", "Go templates are not understood"),
    ('{{ template "slack.title" . }}', "Go templates are not understood"),
    ('{{ define "x" }}y', "Go templates are not understood"),
    ('{{ block "x" . }}', "Go templates are not understood"),
    ("{{ name := 1 }}", "Go templates are not understood"),
    ("{{/* a comment */}}", "Go templates are not understood"),
    ("{{ end_of_it }}", "no variable `end_of_it`"),
    ("{{ ranges }}", "no variable `ranges`"),
    ("a := b {{ names }}", "no variable `names`"),
    ("{% if name %}", "Unexpected end of template"),
    ("{% endif %}", "Encountered unknown tag 'endif'"),
    ("{# name", "Missing end of comment tag"),
]


def flaw(source: str, part: str = "title") -> str:
    with pytest.raises(FlawedError) as refused:
        compile_part(part, source)
    return str(refused.value)


@pytest.mark.parametrize(("source", "expected"), REFUSED, ids=[source[:40] for source, _ in REFUSED])
def test_a_hostile_or_mistaken_template_is_refused(source: str, expected: str) -> None:
    printed = flaw(source)
    assert printed.startswith("line 1 of the template: ")
    assert expected in printed
    assert len(printed) < 400


def test_the_line_is_that_of_the_template() -> None:
    assert flaw("{{ name }}\n\n{{ nmae }}").startswith("line 3 of the template: ")


def compiles(part: str, source: str) -> bool:
    return compile_part(part, source) is not None


@pytest.mark.parametrize("part", PARTS)
def test_every_variable_filter_and_phrase_of_a_part_may_be_used(part: str) -> None:
    for name in PARTS[part] - {"t"}:
        assert compiles(part, f"{{{{ {name} }}}}")
    for phrase in PHRASES:
        assert compiles(part, f"{{{{ t.{phrase} }}}}")
    arguments = {"truncate": "(3)", "default": "('x')", "link": "('https://x.example')"}
    for name in FILTERS:
        assert compiles(part, f"{{{{ subject | {name}{arguments.get(name, '')} }}}}")


def test_raw_text_and_comments_are_only_text() -> None:
    own = CustomParts({"title": "{% raw %}{{ <!here> }}{% endraw %}{# <!channel> #}"}, {})
    assert own.print("title", "acme", dict) == "{{ &lt;!here&gt; }}"


PIECES = [
    *(
        "{{ ",
        " }}",
        "{% ",
        " %}",
        "{#",
        "#}",
        "name",
        "labels",
        "t.firing",
        "for a in labels",
        "endfor",
        "if",
        "else",
    ),
    *("endif", "|", "upper", "join('x')", "(", ")", "[", "]", "~", "*", "**", ".", "__class__", "'", '"', "1", "is"),
    *("defined", "loop.index", "in", "not", "and", " ", "\n", "<!here>", "&", "\\u", "{", "}", "set", "raw", "self"),
]


def flaws(part: str, source: str) -> tuple[Flaw, ...]:
    try:
        compile_part(part, source)
    except FlawedError as error:
        return error.flaws
    return ()


@examples(400)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(), st.sampled_from(sorted(PARTS)))
def test_any_text_is_a_template_or_a_finding(source: str, part: str) -> None:
    lines = source.count("\n") + 1
    assert all(1 <= one.line <= lines for one in flaws(part, source))
