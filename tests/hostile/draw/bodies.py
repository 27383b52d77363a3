"""Webhook bodies: recorded ones, with changes that no sender makes."""

import copy
import json
import random
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.hostile.canaries import ANNOTATION
from tests.hostile.draw import texts, trees

_DATA: Final = Path(__file__).parents[2] / "data"
_NAMES: Final = 40
"""So many alert groups a tenant's bodies are about, most of them."""
LARGEST: Final = 6 * 1024 * 1024


@cache
def corpus() -> Sequence[Any]:
    """The bodies of Alertmanager and Grafana that the tests have on record."""
    return [*_recorded(), *_from_the_field()]


def _recorded() -> Iterator[Any]:
    for path in sorted(_DATA.glob("alertmanager-0.??.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            yield json.loads(one["body"]) if "body" in one else one


def _from_the_field() -> Iterator[Any]:
    for path in sorted(_DATA.glob("field-cases/*.json*")):
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines() if path.suffix == ".jsonl" else [text]
        yield from map(json.loads, lines)


def drawn(dice: random.Random) -> bytes:
    """One body; a third of them are what their sender has sent, but for names and private words."""
    tree = _named(dice, dice.choice(corpus()))
    text = texts.as_json(trees.mutated(dice, tree, dice.choice([0, 0, 1, 1, 2, 5])))[:LARGEST]
    if dice.random() < 0.25:
        text = texts.spoilt(dice, text, texts.as_json(_named(dice, dice.choice(corpus()))))
    return text


def _named(dice: random.Random, tree: Any) -> Any:
    """The body about one of a few alerts, with words in each annotation that no log may hold."""
    found, name = copy.deepcopy(tree), f"Hostile-{dice.randrange(_NAMES)}"
    for one in _alerts(found):
        if isinstance(one.get("labels"), dict):
            one["labels"]["alertname"] = name
        one["annotations"] = {"summary": ANNOTATION, "description": f"{ANNOTATION} {name}"}
    if isinstance(found, dict) and isinstance(found.get("groupLabels"), dict):
        found["groupLabels"]["alertname"] = name
    return found


def _alerts(tree: Any) -> Iterator[Any]:
    alerts = tree.get("alerts", [tree]) if isinstance(tree, dict) else tree
    yield from (one for one in alerts or () if isinstance(one, dict))
