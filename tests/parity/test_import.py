"""An imported configuration decides as the original does: files shaped like those of operators, charts and teams."""

import random
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from router.config.alertmanager.document import import_alertmanager
from router.config.alertmanager.samples import label_sets
from router.config.alertmanager.writing import written
from router.config.compile.tenant import compile_tenant
from router.config.read import read_document
from router.core.model.rules.tenant import Tenant
from router.core.route.tree import match
from tests.parity.alertmanager import ORACLE, amtool, ask, receivers
from tests.parity.test_routes import described

pytestmark = pytest.mark.parity

FILES = sorted((Path(__file__).parent / "files").glob("*.yml"))
SETS = 70
NEWEST = {"newest.yml", "old-matchers.yml"}
"""Not for Debian's amtool 0.25, which reads one grammar and knows no labels of routes."""

NAMES = (
    "severity",
    "team",
    "namespace",
    "env",
    "service",
    "job",
    "tier",
    "instance",
    "alertgroup",
    "k8s.namespace",
    "föö",
)


def imported_from(path: Path) -> tuple[Tenant, frozenset[str]]:
    """The tenant, and its receivers that are second channels of one."""
    found = import_alertmanager(path.read_text(encoding="utf-8"), "acme", path.name)
    return compile_tenant(read_document(written(found, path.name), path.name), 1), found.added


def labels_for(path: Path, tenant: Tenant) -> list[Mapping[str, str]]:
    """What takes each route, and labels of the file's own words, at random."""
    drawn, found = random.Random(path.name), label_sets(tenant.route, SETS // 2)
    words = sorted(set(re.findall(r"[\w-]{2,}", path.read_text(encoding="utf-8"))))
    while len(found) < SETS:
        labels = {name: drawn.choice(words) for name in drawn.sample(NAMES, drawn.randrange(1, 5))}
        found.append({"alertname": drawn.choice(["Watchdog", "InfoInhibitor", "Down"]), **labels})
    return found


def test_there_are_at_least_fifteen_files_and_eleven_hundred_label_sets() -> None:
    assert len(FILES) >= 15
    assert len(FILES) * SETS >= 1_100


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_imported_tree_routes_groups_and_waits_as_the_original(path: Path, tmp_path: Path) -> None:
    tenant, added = imported_from(path)
    sets = labels_for(path, tenant)
    taken = [match(tenant.route, one, tenant.pattern_sizes) for one in sets]
    ours = [[described(route) for route in found if route.receiver not in added] for found in taken]
    if ORACLE.exists():
        [answer] = ask([{"config": path.read_text(encoding="utf-8"), "labels": sets}])
        assert "error" not in answer, answer
        assert [[_without_key(one) for one in found] for found in ours] == [
            [_without_key(one) for one in found] for found in answer["routes"]
        ]
        return
    program = amtool()
    if program is None or path.name in NEWEST:
        pytest.skip("amtool is not installed, or too old for this file")
    with ThreadPoolExecutor() as together:
        theirs = list(together.map(lambda one: receivers(program, path, one), sets))
    assert [[one["receiver"] for one in found] for found in ours] == theirs


def _without_key(route: Mapping[str, Any]) -> Mapping[str, Any]:
    """A legacy `match_re` prints with the anchors that Alertmanager adds."""
    return {name: value for name, value in route.items() if name != "key"}


PIECES = [
    *"{}[],:&*!|>'\"%@`#-? \n0aé.~=<", "\n  ", "- ", ": ", "null", "true", "yes", "0x10", "010", "1.50",
    "2026-01-01", "matchers: ", "receiver: ", "continue: true", "critical", "=~", "!=", "\\d", "\\\\", "(?i)", ".*",
    "''", "5m", "1h",
]  # fmt: skip


def slipped(drawn: random.Random, text: str) -> str:
    """The text with one to three slips of the pen."""
    for _ in range(drawn.randrange(1, 4)):
        at = drawn.randrange(len(text) + 1)
        text = text[:at] + drawn.choice(PIECES) + text[at + drawn.randrange(6) :]
    return text


@pytest.mark.skipif(not ORACLE.exists(), reason="Go is not found, and one process a file takes minutes")
def test_what_alertmanager_takes_of_three_thousand_wrong_files_is_imported_with_the_same_meaning() -> None:
    drawn = random.Random(35)
    texts = [path.read_text(encoding="utf-8") for path in FILES]
    asked = [slipped(drawn, drawn.choice(texts)) for _ in range(3_000)]
    answers = ask({"config": text, "labels": []} for text in asked)
    taken = [text for text, answer in zip(asked, answers, strict=True) if "error" not in answer]
    assert len(taken) > 200
    differences = [text for text in taken if not _means_the_same(text, drawn)]
    assert differences == []


def _means_the_same(text: str, drawn: random.Random) -> bool:
    found = import_alertmanager(text, "acme", "am.yml")
    tenant = compile_tenant(read_document(written(found, "am.yml"), "result"), 1)
    sets, words = label_sets(tenant.route, 30), sorted(set(re.findall(r"[\w-]{2,}", text)))
    sets += [{name: drawn.choice(words) for name in drawn.sample(NAMES, 3)} for _ in range(20)]
    [answer] = ask([{"config": text, "labels": sets}])
    ours = [match(tenant.route, one, tenant.pattern_sizes) for one in sets]
    return [
        [_without_key(described(route)) for route in routes if route.receiver not in found.added] for routes in ours
    ] == [[_without_key(one) for one in routes] for routes in answer["routes"]]
