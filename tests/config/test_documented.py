"""`docs/templates.md` lists what there is, and its example is valid."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from router.adapters.locale.catalogue import Catalogue
from router.config.compile.tenant import compile_tenant
from router.config.read import read_document
from router.config.templates import template_validator
from router.core.decide.notification import Notification
from router.core.model.alert_state import ShownState
from router.core.model.group import AlertGroup
from router.core.model.rules.names import ReceiverName
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage
from router.core.template import language as rules
from tests.catalogue import CATALOGUE
from tests.config.samples import SMALL
from tests.core.builders import at, minutes
from tests.core.render.test_render import a_loaded, a_notification, a_state, card_texts
from tools.readable import lines

TEXT = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, list[str]]:
    """The table below a heading, by its first column."""
    section = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    table = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    return {row[0].strip("`"): row[1:] for row in table}


def test_every_part_is_listed_with_its_variables() -> None:
    everywhere = frozenset.intersection(*rules.PARTS.values())
    listed = {part: set(re.findall(r"`(\w+)`", columns[1])) for part, columns in rows("Parts").items()}
    assert listed == {part: set(variables - everywhere) for part, variables in rules.PARTS.items()}


def test_every_variable_is_explained_and_those_of_every_part_first() -> None:
    variables = list(rows("Variables"))
    everywhere = frozenset.intersection(*rules.PARTS.values())
    assert sorted(variables) == sorted(frozenset.union(*rules.PARTS.values()))
    assert set(variables[: len(everywhere)]) == everywhere
    assert f"The rows down to `{variables[len(everywhere) - 1]}` are in every part" in TEXT


def test_every_filter_is_explained() -> None:
    assert sorted(rows("Filters")) == sorted(rules.FILTERS)


def test_every_phrase_is_listed() -> None:
    assert {name.removeprefix("t."): row[0] for name, row in rows("Phrases").items()} == rules.PHRASES


@pytest.mark.parametrize(
    "limit",
    [rules.MAX_SOURCE, rules.MAX_NODES, rules.MAX_DEPTH, rules.MAX_LOOPS, rules.MAX_ITEMS, rules.MAX_STEPS,
     rules.MAX_OUTPUT, rules.MAX_WORK],
)  # fmt: skip
def test_every_limit_is_stated(limit: int) -> None:
    assert re.search(rf"\b{limit}\b", TEXT.split("\n## Limits\n")[1])


def test_the_example_is_valid() -> None:
    example = TEXT.split("```yaml\n")[1].split("```")[0]
    templates = example[example.index("templates:") :]
    text = SMALL.replace('{channel: "#alerts"}', '{channel: "#alerts", template: ours}') + templates
    assert read_document(text, "acme.yaml", template_validator(Catalogue.load)).templates[0].name == "ours"


def test_the_picture_shows_what_the_example_makes() -> None:
    example = TEXT.split("```yaml\n")[1].split("```")[0]
    picture = TEXT.split("```text\n")[1].split("```")[0]
    text = SMALL.replace('{channel: "#alerts"}', '{channel: "#alerts", template: ours}')
    tenant = compile_tenant(read_document(text + example[example.index("templates:") :], "acme.yaml"), 1)
    receiver = replace(tenant.receivers[ReceiverName("default")], mention=("<!subteam^S012>",))
    localizer = CATALOGUE.localizer("fr", "Europe/Paris", receiver.layout)
    assert drawn(render(RenderRequest(*incident(), receiver, tenant, localizer, at(minutes(10))))) == picture


def incident() -> tuple[AlertGroup, Notification]:
    """One alert that fires and one that has ended, each with a runbook of its own."""
    states = [
        a_state(
            {"alertname": "HighLatency", "service": "checkout", "instance": name},
            shown_as,
            annotations={
                "summary": "p99 latency above 500 ms",
                "summary_fr": "latence p99 supérieure à 500 ms",
                "runbook_url": f"https://runbooks.example/{name}",
            },
        )
        for name, shown_as in (("api-1", ShownState.FIRING), ("api-2", ShownState.RESOLVED))
    ]
    loaded = a_loaded(*states)
    return loaded, replace(a_notification(loaded), mentions=True)


def drawn(message: SlackMessage) -> str:
    """The message as people see it: without markup for links and dates, a bar beside what stands in colour."""
    above = len(lines(message.blocks[0]))
    seen = re.sub(r"<[^|>]*\|([^>]*)>", r"\1", "\n".join(card_texts(message))).replace("<!subteam^S012>", "@storage")
    return "".join(
        f"{'┃ ' * (number >= above)}{line}\n" for number, line in enumerate(seen.replace("*", "").split("\n"))
    )
