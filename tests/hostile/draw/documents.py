"""Tenants' documents: one that uses nearly everything, with changes that no tenant means."""

import random
from typing import Any, Final

from bench.documents import document
from tests.hostile.canaries import DOCUMENT, TOKEN
from tests.hostile.draw import trees

_PARTS: Final = {
    "title": f"{{{{ subject }}}} {DOCUMENT}",
    "alert": "{{ labels.instance | code }} {{ summary }}{% for name in labels %}{{ name }}{% endfor %}",
}
_PATTERNS: Final = (
    r'a=~"(?:\\pL?){300}x0"',
    'a=~"[ab]*a[ab]{900}c"',
    'a=~"(a|b|ab)*c"',
    'a=~"("',
    'a=~"(?i)\u017f{1000}"',
    "{a=b,c=d}",
    "a=b,",
    'a=~"\\\\C*"',
    "=",
    'a!~""',
    '"\\u0000"="x"',
    f'a="{DOCUMENT}"',
)
_ODD_TEMPLATES: Final = (
    "{% for a in range(10**9) %}x{% endfor %}",
    "{{ labels.__class__.__mro__ }}",
    "{{ 'x' * 10**9 }}",
    "{{ ",
    "{{ labels|join }}" * 50,
    "{% include 'x' %}",
    "{{ summary|truncate(1000000) }}",
    "{{ self }}",
)


def drawn(dice: random.Random, tenant: str) -> Any:
    """A document of the tenant, which may be a good one."""
    tree = _whole(dice, tenant)
    route = tree["route"]
    route["routes"] += [{"matchers": [dice.choice(_PATTERNS)]} for _ in range(dice.choice([0, 0, 3, 100]))]
    if dice.random() < 0.4:
        tree["templates"][0]["parts"]["alert"] = dice.choice(_ODD_TEMPLATES)
    if dice.random() < 0.2:
        tree["platform"]["slack"]["token"] = f"xoxb-{TOKEN}"
    return trees.mutated(dice, tree, dice.choice([0, 0, 1, 2, 4]))


def _whole(dice: random.Random, tenant: str) -> Any:
    locale = dice.choice(["en", "fr", "de", "es", "it"])
    return {
        **document(tenant),
        "locale": locale,
        "templates": [{"name": "own", "parts": dict(_PARTS)}],
        "receivers": [
            {"name": f"alerts-{number}", "slack": {"channel": f"#alerts-{number}", "template": "own"}}
            for number in range(8)
        ],
        "redact": {"labels": ["password"], "patterns": [rf"\b{DOCUMENT}\d{{4}}\b"]},
        "time_intervals": [
            {"name": "nights", "time_intervals": [{"times": [{"start_time": "22:00", "end_time": "24:00"}]}]}
        ],
        "inhibit_rules": [
            {
                "name": "down",
                "source_matchers": ['alertname="Hostile-1"'],
                "target_matchers": ['severity="warning"'],
                "equal": ["a"],
            }
        ],
    }
