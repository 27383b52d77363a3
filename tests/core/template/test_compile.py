"""A tenant's part says what it is asked to, stays within bounds, and never breaks a message."""

from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

import pytest

from router.core.render.samples import sample_messages
from router.core.slack.markup import Safe
from router.core.template.compile import CustomParts, compile_part
from router.core.template.flaw import FlawedError
from router.core.template.language import MAX_ITEMS, MAX_OUTPUT
from tests.catalogue import CATALOGUE
from tests.core.builders import a_receiver, a_tenant
from tests.cost import times_as_dear

LINK = "https://runbooks.example/a?b=1&c=2"
VALUES: Mapping[str, object] = {
    "status": "firing",
    "state": Safe("EN COURS"),
    "name": "Disk<full>",
    "level": "",
    "total": 3,
    "labels": {"team": "db", "items": "x", "a-b": "`c`", "instance": "n1"},
    "counts": {"firing": 2, "resolved": 0},
    "links": {"runbook": LINK},
    "since": Safe("<!date^1^{date_short_pretty} {time}|Lundi>"),
    "mention": Safe("<!here>"),
    "subject": "ß & co",
}


def failing(part: str, _tenant: str, error: Exception) -> None:
    pytest.fail(f"{part}: {error}")


def printed(source: str, **more: object) -> str:
    own = CustomParts({"title": source}, {"firing": Safe("en cours")}, failing)
    printed = own.print("title", "acme", lambda: {**VALUES, **more})
    assert printed is not None
    return printed


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<b>{{ name }}</b> & co", "&lt;b&gt;Disk&lt;full&gt;&lt;/b&gt; &amp; co"),
        ("<!channel> {{ mention }} {{ '<!here>' }}", "&lt;!channel&gt; <!here> &lt;!here&gt;"),
        ("{{ mention | lower }} {{ mention | upper }} {{ 'x' ~ mention }}", "<!here> <!here> x<!here>"),
        ("{{ mention | first | default('no') }}", None),
        ("{{ mention | truncate(3) }}", "…"),
        ("{{ since | upper }}", "<!date^1^{date_short_pretty} {time}|Lundi>"),
        ("{{ state | lower }}: {{ t.firing }}", "en cours: en cours"),
        ("{{ subject | upper }}", "SS &amp; CO"),
        ("{{ labels.team }}{{ labels['a-b'] }}{{ labels.items }}{{ labels.nobody }}", "db`c`x"),
        ("{{ labels['a-b'] | code }}", "`\N{MODIFIER LETTER GRAVE ACCENT}c\N{MODIFIER LETTER GRAVE ACCENT}`"),
        ("{{ labels.nobody | default('-') }}{{ level | default('none') }}", "-none"),
        ("{{ labels.team is defined }}{{ labels.nobody is undefined }}", "TrueTrue"),
        ("{{ [state | bold, level, name] | join(' · ') }}", "*EN COURS* · Disk&lt;full&gt;"),
        ("{% for k, v in labels | dictsort %}{{ k ~ '=' ~ v }}{{ '' if loop.last else ' ' }}{% endfor %}",
         "a-b=`c` instance=n1 items=x team=db"),
        ("{% for k in labels | sort if k != 'items' %}{{ k }} {% else %}none{% endfor %}", "a-b instance team "),
        ("{% for k in counts.nobody %}x{% else %}none{% endfor %}", None),
        ("{{ labels | length }} {{ name | length }} {{ labels | first }} {{ labels | sort | last }}",
         "4 16 team team"),
        ("{{ 'Runbook' | link(links.runbook) }}", f"<{LINK.replace('&', '&amp;')}|Runbook>"),
        ("{{ 'Runbook' | link(links.query) }}", ""),
        ("{{ 'a|b <c>' | link(links.runbook) }}", f"<{LINK.replace('&', '&amp;')}|a¦b &lt;c&gt;>"),
        ("{{ 'x' | link('javascript:alert(1)') }}", "x"),
        ("{{ since | link(links.runbook) }}", "<!date^1^{date_short_pretty} {time}|Lundi>"),
        ("{{ name if counts.resolved }}{% if counts.firing > 1 %}many{% endif %}", "many"),
        ("{{ status in ['firing', 'stale'] and not level }}", "True"),
        ("{{ none }}{{ true and false }}{{ 0 }}", "0"),
        ("{{ [name, status][1] }}{{ [name][1] }}", "firing"),
    ],
)  # fmt: skip
def test_a_template_says(source: str, expected: str | None) -> None:
    if expected is None:
        assert failure(source)
    else:
        assert printed(source) == expected


def failure(source: str, **more: object) -> str:
    """Why it fails; the built-in part stands in."""
    shown: list[tuple[str, str, Exception]] = []
    own = CustomParts({"title": source}, {}, lambda *seen: shown.append(seen))
    assert own.print("title", "acme", lambda: {**VALUES, **more}) is None
    [(part, tenant, error)] = shown
    assert (part, tenant) == ("title", "acme")
    return str(error)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ labels }}", "a list cannot be printed as it is"),
        ("{{ name | join('x') }}", "this is not a list"),
        ("{{ name | sort }}", "this is not a list"),
        ("{% for one in name %}{% endfor %}", "this is not a list"),
        ("{{ name | dictsort | join }}", "dictsort takes labels"),
        ("{{ name.upper }}", "a text has no 'upper'"),
        ("{{ name[0] }}", "a text has no '0'"),
        ("{{ name < 1 }}", "not supported"),
        ("{{ receiver }}", "'receiver' is undefined"),
        ("{{ name.__class__ }}", "underscore"),
    ],
)
def test_what_cannot_be_printed_is_shown_and_raises_nothing(source: str, expected: str) -> None:
    assert expected in failure(source)


def test_a_part_that_the_tenant_did_not_write_is_not_its_own() -> None:
    assert CustomParts({}, {}).print("title", "acme", dict) is None
    assert not CustomParts({}, {})


def test_output_stops_at_the_limit() -> None:
    assert "more than 4000 characters" in failure("{% for a in labels %}{{ name }}{% endfor %}", name="x" * 1500)


def test_a_loop_stops_at_the_limit() -> None:
    labels = {str(number): "x" for number in range(1000)}
    assert printed("{% for a in labels %}x{% endfor %}", labels=labels) == "x" * MAX_ITEMS


def test_a_value_stops_at_the_limit() -> None:
    assert len(printed("{{ name | upper }}", name="x" * 50_000)) == MAX_OUTPUT


WORST: Mapping[str, Any] = {
    "subject": Safe("&lt;" * 5_000),
    "labels": {f"k{number}": "<ü&" * 40 for number in range(40)},
}
GREEDY = [
    "{% if labels | sort | join('" + "<" * 300 + "') | upper | lower | bold | code == 'q' %}{% endif %}",
    "{% if subject" + " | upper" * 20 + " == 'q' %}{% endif %}",
    "{% if (subject" + " ~ subject" * 8 + ") | upper == 'q' %}{% endif %}",
    "{% if subject | truncate(3999) | truncate(3998) == 'q' %}{% endif %}",
]


@pytest.mark.parametrize("loops", [0, 1, 2])
@pytest.mark.parametrize("body", GREEDY)
def test_the_worst_template_that_is_allowed_costs_little(body: str, loops: int) -> None:
    """As much of it as the syntax allows, on values longer than any: not ten times a built-in card and reply."""
    before, after = "{% for a in labels %}" * loops, "{% endfor %}" * loops
    most = bisect_left(range(60), True, key=lambda count: not fits(before + body * count + after)) - 1
    source = before + body * most + after
    own = CustomParts({"title": source}, {})
    localizer = CATALOGUE.localizer("en", "UTC")
    greedy = times_as_dear(
        lambda: own.with_full_budget.print("title", "acme", lambda: {**VALUES, **WORST}),
        lambda: list(sample_messages("many alerts", a_receiver(), a_tenant(), localizer)),
        rounds=3,
    )
    assert greedy < 10


def fits(source: str) -> bool:
    try:
        return compile_part("title", source) is not None
    except FlawedError:
        return False


def test_the_parts_of_one_message_share_a_budget_and_the_next_has_its_own() -> None:
    shown: list[Exception] = []
    own = CustomParts(
        {"title": "{{ subject" + " | upper" * 20 + " }}"}, {}, lambda _part, _tenant, error: shown.append(error)
    )
    results = [own.print("title", "acme", lambda: {"subject": "x" * 3000}) is not None for _ in range(3)]
    assert results == [True, False, False]
    assert "too much for one message" in str(shown[0])
    assert own.with_full_budget.print("title", "acme", lambda: {"subject": "x" * 3000}) is not None
