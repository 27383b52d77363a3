"""Tenants' files; JSON is YAML as well."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

Document = Mapping[str, Any]

VICTIM: Final = "victim"
LOUD: Final = "loud"
CHANNELS: Final = 8
_EXPRESSIONS: Final = 20


def document(tenant: str, routes: Sequence[Mapping[str, Any]] = (), channels: int = CHANNELS) -> Document:
    """A tenant whose alerts go into the channel that their label `channel` names."""
    names = [f"alerts-{number}" for number in range(channels)]
    by_channel = [{"receiver": name, "matchers": [f'channel="{name}"']} for name in names]
    return {
        "version": 1,
        "tenant": tenant,
        "platform": {
            "slack": {"token": {"secret": "slack"}},
            "limits": {
                "notifications": {"rate": "6000/m", "burst": 100},
                "inbound": {"rate": "100000/s", "burst": 100000},
            },
        },
        "route": {"receiver": names[0], "group_by": ["alertname"], "routes": [*by_channel, *routes]},
        "receivers": [{"name": name, "slack": {"channel": f"#{name}"}} for name in names],
        "digest": {"threshold": 0},  # a message for each group is what is measured
    }


def siblings(tenant: str, count: int, more: str = "") -> Document:
    """A tenant with so many routes side by side, one in twenty by an expression; none is for its own alerts.

    With `more`, each has a second matcher, whose value holds that.
    """
    routes = [_sibling(number, [f'region="{number}{more}"'] if more else []) for number in range(count - 1)]
    return document(tenant, routes, channels=1)


def _sibling(number: int, more: Sequence[str]) -> Mapping[str, Any]:
    own = f'service="shop-{number}"' if number % _EXPRESSIONS else f'job=~"job-{number}-.+"'
    return {"receiver": "alerts-0", "matchers": [own, *more]}


def write(folder: Path, documents: Iterable[Document]) -> Path:
    """A file of each, in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in documents:
        (folder / f"{one['tenant']}.yaml").write_text(json.dumps(one), encoding="utf-8")
    return folder
