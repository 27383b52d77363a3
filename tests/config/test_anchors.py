"""Anchors, aliases and merge keys mean what they mean to Alertmanager, and no document expands without bound."""

import json
import time

import pytest

from router.config.anchors import MAX_EXPANDED
from router.config.document.receivers import SlackReceiver
from router.config.read import read_document
from router.config.stored import dump, load
from router.config.tree import Tree, read_tree
from tests.bounds import tries
from tests.config.samples import changed
from tests.config.test_read import findings


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("a: &x 1\nb: *x", 1),
        ("a: &x [1, 2]\nb: [*x, *x]", [[1, 2], [1, 2]]),
        ("a: &x {k: 1}\nb: *x", {"k": 1}),
        ("a: &x {k: &y 2}\nb: [*x, *y]", [{"k": 2}, 2]),
        ("a: &x 1\nb: &x 2\nc: *x", 2),
        ("a: &x 1\nb: &y [*x]\nc: &x 2\nd: *y", [1]),
        ("&k a: 1\nb: *k", "a"),
        ("a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}", {"k": 1, "l": 3}),
        ("a: &x {k: 1, l: 2}\nb: {l: 3, <<: *x}", {"k": 1, "l": 3}),
        ("a: [&x {k: 1}, &y {k: 2, l: 3}]\nb: {<<: [*x, *y]}", {"k": 1, "l": 3}),
        ("a: [&x {k: 1}, &y {<<: *x, l: 2}]\nb: {<<: *y}", {"k": 1, "l": 2}),
        ("b: {<<: {k: 1}, <<: {k: 2, l: 3}}", {"k": 1, "l": 3}),
        ('b: {"<<": 1}', {"<<": 1}),
    ],
)
def test_an_alias_is_what_it_stands_for(text: str, last: object) -> None:
    tree = read_tree(text)

    assert tree.diagnostics == []
    assert isinstance(tree.data, dict)
    assert [*tree.data.values()][-1] == last


SHARED = """\
version: 1
tenant: acme
platform: {slack: {token: {secret: slack}}}
route:
  receiver: default
  routes:
    - &page
      matchers: &critical ['severity="critical"']
      receiver: oncall
      repeat_interval: 1h
    - <<: *page
      matchers: ['severity="page"']
    - {matchers: *critical, receiver: default}
receivers:
  - {name: default, slack: &slack {channel: "#alerts", template: compact}}
  - {name: oncall, slack: {<<: *slack, channel: "#oncall"}}
"""


def test_a_document_is_stored_as_what_it_means_with_the_text_of_its_author() -> None:
    document = read_document(SHARED, "acme.yaml")
    stored = load(dump(document, SHARED))

    assert document.route.routes[1].receiver == "oncall"
    assert document.route.routes[1].repeat_interval == "1h"
    assert [route.matchers for route in document.route.routes] == [
        ('severity="critical"',),
        ('severity="page"',),
        ('severity="critical"',),
    ]
    assert document.receivers[1].slack == SlackReceiver(channel="#oncall", template="compact")
    assert stored.document == document
    assert stored.source_text == SHARED
    assert "<<" not in json.dumps(document.model_dump(mode="json"))


def test_a_mistake_in_what_is_shared_is_named_where_it_is_written_and_one_of_the_alias_where_that_stands() -> None:
    text = SHARED.replace("template: compact", "template: comapct").replace("receiver: default}", "receiver: *slack}")
    text = text.replace("slack: &slack", "slack: &Slack").replace("<<: *slack", "<<: *Slack")

    assert findings(text) == [
        "13:39: route.routes[2].receiver: no complete `&slack` stands before this alias; put it there",
        "15:66: receivers[0].slack.template: `comapct` is neither built in nor among the templates, did you mean "
        "`compact`?",
        "15:66: receivers[1].slack.template: `comapct` is neither built in nor among the templates, did you mean "
        "`compact`?",
    ]


@pytest.mark.parametrize(
    ("written", "finding"),
    [
        ("&all [*all]", "2:15: tenant[0]: no complete `&all` stands before this alias; put it there"),
        ("{<<: 3}", "2:10: tenant: `<<` takes a mapping or a list of mappings, such as `<<: *defaults`"),
        ("{<<: [{}, 1]}", "2:10: tenant: `<<` takes a mapping or a list of mappings, such as `<<: *defaults`"),
    ],
)
def test_what_cannot_be_expanded_is_named(written: str, finding: str) -> None:
    assert finding in findings(changed("tenant: acme", f"tenant: {written}"))


LAUGHS = "a0: &a0 [ha, ha, ha]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 12)
)
MERGED_LAUGHS = "a0: &a0 {k: ha}\n" + "".join(
    f"a{level}: &a{level} {{{', '.join(f'k{n}: {{<<: *a{level - 1}}}' for n in range(10))}}}\n"
    for level in range(1, 12)
)


@pytest.mark.parametrize("text", [LAUGHS, MERGED_LAUGHS], ids=["lists", "mappings"])
def test_a_billion_laughs_are_refused_where_they_become_too_many_and_at_once(text: str) -> None:
    began = time.process_time()
    (finding,) = findings(text)

    assert finding.startswith(("5:", "4:"))
    assert finding.endswith("stand for has more than 256 KiB together; use fewer of them")
    assert time.process_time() - began < 2


def test_merge_keys_in_each_other_are_as_deep_as_anything_else() -> None:
    assert findings("x: " + "{<<: " * 100_000) == ["1:209: nested deeper than 40 levels; flatten it"]


def shared(size: int) -> Tree:
    """A document whose aliases stand for so much, in values of 116 and one that is shorter."""
    whole, rest = divmod(size, 116)
    assert rest >= 16
    aliases = ["*long"] * whole
    return read_tree(f"a: &long {'x' * 100}\nb: &rest {'y' * (rest - 16)}\nc: [{', '.join(aliases)}, *rest]")


@tries("what the aliases of a tenant's file stand for")
def test_aliases_may_stand_for_as_much_as_the_bound(beyond: int) -> None:
    tree = shared(MAX_EXPANDED + beyond)

    assert [one.message.partition(" has ")[0] for one in tree.diagnostics] == (
        ["what the aliases up to `*rest` stand for"] if beyond > 0 else []
    )
