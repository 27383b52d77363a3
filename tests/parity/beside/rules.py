"""The same mutes in the words of both: as Alertmanager's configuration, and as a tenant's document."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

TENANT: Final = "beside"
GROUP_BY: Final = ["alertname", "cluster"]
_INHIBIT: Final = {
    "source_matchers": ['alertname="ClusterDown"'],
    "target_matchers": ['severity="warning"'],
    "equal": ["cluster"],
}
_ZONES: Final = ("UTC", "Etc/GMT+12", "Etc/GMT-8")


def intervals(start: datetime) -> list[dict[str, Any]]:
    """Muted in the second minute, active in the third and fourth, in a zone where none of them is near midnight."""
    zone = next(one for one in _ZONES if 1 <= start.astimezone(ZoneInfo(one)).hour <= 22)
    local = start.astimezone(ZoneInfo(zone))

    def minutes(first: int, end: int) -> dict[str, str]:
        begins, ends = local + timedelta(minutes=first), local + timedelta(minutes=end)
        return {"start_time": f"{begins:%H:%M}", "end_time": f"{ends:%H:%M}"}

    return [
        {"name": "second", "time_intervals": [{"times": [minutes(1, 2)], "location": zone}]},
        {"name": "later", "time_intervals": [{"times": [minutes(2, 4)], "location": zone}]},
    ]


def _routes() -> list[dict[str, Any]]:
    return [
        {"matchers": ['team="night"'], "mute_time_intervals": ["second"]},
        {"matchers": ['team="day"'], "active_time_intervals": ["later"]},
    ]


def muting(start: datetime, url: str) -> Mapping[str, Any]:
    """An Alertmanager that mutes, and posts what it notifies to that address."""
    return {
        "route": {**_plain(), "routes": _routes()},
        "receivers": [{"name": "all", "webhook_configs": [{"url": url}]}],
        "inhibit_rules": [_INHIBIT],
        "time_intervals": intervals(start),
    }


def forwarding(url: str, token: Path) -> Mapping[str, Any]:
    """An Alertmanager without mutes in front of ours."""
    http = {"authorization": {"credentials_file": str(token)}}
    return {
        "route": _plain(),
        "receivers": [{"name": "all", "webhook_configs": [{"url": url, "http_config": http}]}],
    }


def _plain() -> dict[str, Any]:
    times = {"group_wait": "1s", "group_interval": "1s", "repeat_interval": "4h"}
    return {"receiver": "all", "group_by": GROUP_BY, **times}


def document(start: datetime) -> dict[str, Any]:
    """The tenant that mutes as the first one does."""
    route = {"receiver": "all", "group_by": GROUP_BY, "group_interval": "1s", "inhibit_grace": "1s"}
    return {
        "version": 1,
        "tenant": TENANT,
        "platform": {
            "slack": {"token": {"secret": "slack"}},
            "limits": {"notifications": {"rate": "6000/m", "burst": 500}},
        },
        "digest": {"threshold": 0},
        "route": {**route, "routes": _routes()},
        "receivers": [{"name": "all", "slack": {"channel": "#alerts", "on_change": "post"}}],
        "inhibit_rules": [{"name": "cluster-down", **_INHIBIT}],
        "time_intervals": intervals(start),
    }


def written(folder: Path, name: str, config: Mapping[str, Any]) -> Path:
    """A configuration in a file; JSON is YAML as well."""
    path = folder / name
    path.write_text(json.dumps(config, indent=2), encoding="utf-8")
    return path
