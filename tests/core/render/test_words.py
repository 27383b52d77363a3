"""Built-in templates print what Jinja prints; sentences are kept for those that share all they depend on."""

from gettext import NullTranslations

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from router.core.render.words import kept
from router.core.render.words.kept import Kept
from router.core.render.words.templates import compile_templates, environment
from router.core.slack.markup import Safe

VALUES = {"name": "a_b *c* <d>", "labels": ("x=1", "y=`2`"), "few": True, "count": 3, "pairs": (("k", "v"),)}
SOURCES = [
    "{{ name }} {{ name | bold }} {{ name | code }} {{ name | short(4) }}",
    "{{ labels | map('code') | join(' ') }} {{ labels | map('upper') | join(', ') }}",
    "{% for label in labels %}{{ loop.index }}{{ label | code }}{{ ', ' if not loop.last }}{% endfor %}",
    "{% for key, value in pairs %}{{ gettext('%(key)s is %(value)s', key=key, value=value) }}{% endfor %}",
    "{% set both = [name, labels | join] | join(' · ') %}{{ both if few else 'none' }}",
    "{% macro twice(text) %}{{ text }}{{ text }}{% endmacro %}{{ twice(name) }}",
    "{% trans count %}{{ count }} alert{% pluralize count %}{{ count }} alerts{% endtrans %}",
    "{{ gettext('100 %%') }} {{ name | sentence | capitalized }}",
    "{% set ns = namespace(all='') %}{% for one in labels %}{% set ns.all = ns.all + one %}{% endfor %}{{ ns.all }}",
    "{{ [0, 1, 2] | select | list | length }} {{ range(3) | join('-') }} {{ dict(a=1).a }}",
]


@pytest.mark.parametrize("source", SOURCES)
def test_a_built_in_template_prints_what_jinja_prints(source: str) -> None:
    own = compile_templates({"a.j2": source}, NullTranslations())["a"]
    plain = environment({"a.j2": source}).get_template("a.j2")

    assert own.print(VALUES) == plain.render(VALUES)
    assert own.print(VALUES) == plain.render(VALUES), "printing changes nothing"


def test_what_is_missing_is_an_error() -> None:
    templates = compile_templates({"a.j2": "{{ nothing }}", "b.j2": "{% include 'c.j2' %}"}, NullTranslations())
    with pytest.raises(UndefinedError, match="nothing"):
        templates["a"].print({})
    with pytest.raises(TemplateNotFound):
        templates["b"].print({})


def test_a_template_may_include_another() -> None:
    sources = {"a.j2": "{% set more = name %}<{% include 'b.j2' %}>", "b.j2": "{{ name }} {{ more }}"}
    assert compile_templates(sources, NullTranslations())["a"].print({"name": "x"}) == "<x x>"


def test_a_sentence_is_made_once_for_what_it_depends_on() -> None:
    texts: dict[object, str] = {}
    french, german = Kept(texts, "fr"), Kept(texts, "de")
    made = [one.text(("more", 2), lambda: Safe("x")) for one in (french, german, french)]
    assert made == ["x", "x", "x"]
    assert len(texts) == 2
    assert french.text(("more", 2), lambda: Safe("y")) == "x"
    assert french.text(("more", 3), lambda: Safe()) == ""


def test_sentences_do_not_fill_the_memory() -> None:
    one = Kept()
    for number in range(2 * kept._MOST + 10):
        one.text(number, lambda: Safe("x"))
    assert len(one.texts) <= kept._MOST
