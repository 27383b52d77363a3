"""The sample incident: a problem appears, spreads, is half resolved and ends, in every language and at any time."""

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import alert_router_local.demo
import pytest
from alert_router_local.demo.webhooks import Webhook, incident

from router.core.model.rules.names import LANGUAGES

NOW: Final = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
SAMPLES: Final = Path(__file__).parents[2] / "docs/samples/incident"


def played() -> list[Webhook]:
    """Each body once."""
    return list(incident(NOW))[::2]


def alerts() -> list[list[dict[str, Any]]]:
    return [json.loads(webhook.body)["alerts"] for webhook in played()]


def test_it_appears_spreads_is_half_resolved_and_ends() -> None:
    firing = [sorted(one["labels"]["severity"] for one in body if one["status"] == "firing") for body in alerts()]

    assert firing == [["warning"], ["critical", "critical", "warning"], ["warning"], []]
    assert len({one["fingerprint"] for body in alerts() for one in body}) == 3


def test_a_pair_of_alertmanagers_sends_each_body_twice() -> None:
    webhooks = list(incident(NOW))

    assert [one.body for one in webhooks[::2]] == [one.body for one in webhooks[1::2]]
    assert all(early.offset_s < late.offset_s for early, late in pairwise(webhooks))
    assert [bool(one.plot) for one in webhooks] == [True, False] * 4


def test_it_ends_when_its_last_body_is_posted_and_nothing_in_it_is_of_the_future() -> None:
    last = NOW + timedelta(seconds=played()[-1].offset_s)
    times = [
        datetime.fromisoformat(one[name]) for body in alerts() for one in body
        for name in ("startsAt", "endsAt") if not one[name].startswith("0001-")
    ]  # fmt: skip

    assert max(times) == last
    assert min(times) == last - timedelta(minutes=46)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["summary", "description"])
def test_each_text_stands_in_each_language_and_is_another_one(name: str, language: str) -> None:
    key = name if language == "en" else f"{name}_{language}"
    texts = {one["annotations"][key] for body in alerts() for one in body}

    assert len(texts) == 3
    if language != "en":
        assert texts.isdisjoint(one["annotations"][name] for body in alerts() for one in body)


def test_no_text_is_filler_and_each_alert_leads_to_a_runbook_and_a_dashboard() -> None:
    for one in (one for body in alerts() for one in body):
        assert {"runbook_url", "dashboard_url"} <= one["annotations"].keys()
        assert max(map(len, one["annotations"].values())) < 200


def test_the_samples_of_the_documentation_are_what_the_demo_posts() -> None:
    shipped = files(alert_router_local.demo).joinpath("incident")
    names = sorted(path.name for path in SAMPLES.glob("*.json"))

    assert len(names) == len(played())
    for name in names:
        assert shipped.joinpath(name).read_bytes() == (SAMPLES / name).read_bytes()
