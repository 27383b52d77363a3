"""What the pictures show: the sample incident halfway through, at its own pace, in channels of five languages."""

from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import Final

import alert_router_local.demo
import pytest
from alert_router_local.seeding import team_of

from router.config.files import read_files
from tools.pictures.page import Stage

HALFWAY: Final = datetime(2026, 11, 17, 9, 35, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def stage() -> Stage:
    played = Stage()
    with as_file(files(alert_router_local.demo).joinpath("tenants")) as tenants:
        for file in read_files([tenants]):
            played.play(file.document)
    return played


def test_it_is_played_on_its_own_clock_and_slack_has_nothing_to_regret(stage: Stage) -> None:
    assert stage.emulator.now_s() == HALFWAY.timestamp()
    assert stage.emulator.anomalies == []


@pytest.mark.parametrize(
    ("tenant", "channel", "begins"),
    [
        ("acme", "shop-alerts", ["FIRING, warning: DiskFillingUp", "RESOLVED: OrdersFailing"]),
        ("acme", "astreinte", ["RÉSOLUE", "RÉSOLUE"]),
        ("globex", "betrieb", ["BEHOBEN", "BEHOBEN"]),
        ("globex", "hinweise", ["AKTIV, Warnung"]),
        ("initech", "guardia", ["ACTIVAS, advertencia: 3 alertas"]),
        ("initech", "database", ["ATTIVO, avviso: DiskFillingUp"]),
    ],
)
def test_each_channel_stands_where_the_incident_is(
    stage: Stage, tenant: str, channel: str, begins: list[str]
) -> None:
    shown = [message.text for message in stage.emulator.visible(team_of(tenant), channel)]

    assert [text.startswith(words) for text, words in zip(shown, begins, strict=True)] == [True] * len(begins), shown
