"""A preview shows beside the alerts what a worker would: what else fires, and how it went before."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from router.app.localizations import load_localizations
from router.cli.webhooks import read_bodies
from router.config.compile.tenant import compile_tenant
from router.config.files import read_rules_file
from router.control.preview import PreviewRequest, preview_channels
from router.core.model.instant import MINUTE, NEVER
from router.core.model.rules.context import ContextRules
from router.core.model.rules.tenant import Tenant
from router.settings import Settings

SAMPLES: Final = Path(__file__).parents[2] / "docs" / "samples"
BODIES: Final = [SAMPLES / "before.jsonl", *sorted((SAMPLES / "incident").glob("*.json"))]


@pytest.fixture(scope="module")
def tenant() -> Tenant:
    return compile_tenant(read_rules_file(SAMPLES / "incident" / "tenant.yaml").document, 1)


def texts(tenant: Tenant, name: str) -> list[str]:
    """The texts of the messages about an alert, in their order."""
    request = PreviewRequest(tenant, read_bodies(BODIES), (None,), (), first_at=NEVER, every=MINUTE)
    [channel] = preview_channels(request, load_localizations(Settings()))
    return [call.message.text for call in channel.calls if name in call.message.text and not call.op.is_reply]


def test_the_third_time_says_how_the_first_two_went(tenant: Tenant) -> None:
    first, *_, last = texts(tenant, "DiskFillingUp \N{EN DASH} orders-db")

    assert "time in 7 days" not in first
    assert "3rd time in 7 days · lasted 12 min and 40 min before" in last.replace("\u00a0", " ")


def test_what_shares_a_label_is_counted_while_it_fires(tenant: Tenant) -> None:
    failing, over = texts(tenant, "OrdersFailing")

    assert "2 other alerts of cluster=eu-west-1 fire: DiskFillingUp (2)" in failing
    assert "other alert" not in over


def test_what_is_not_asked_for_is_not_shown(tenant: Tenant) -> None:
    silent = replace(tenant, context=ContextRules(history=False))

    assert not any("other alert" in text or "time in 7" in text for text in texts(silent, "cluster"))
