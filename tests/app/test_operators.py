"""The settings of the operators' channel belong together; what is wrong with them is answered at start."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from router.app.compose import build_base
from router.app.operators import build_operators, notes, operator_token
from router.app.slack import slack_client
from router.errors import ConfigurationError
from router.settings import KafkaSettings, OperatorSettings, RedisSettings, Settings


def all_settings(**operator: Any) -> Settings:
    return Settings(
        kafka=KafkaSettings(bootstrap_servers="localhost:9"),
        redis=RedisSettings(url=SecretStr("redis://localhost:9")),
        operator=OperatorSettings(**operator),
    )


async def test_without_a_channel_nothing_is_noted_and_nothing_runs() -> None:
    base = build_base(all_settings())

    assert notes(base) == []
    parts = build_operators(base, slack_client(base.settings))
    assert parts.jobs() == []
    await parts.finished()


async def test_with_a_channel_every_process_notes_and_a_worker_shows() -> None:
    base = build_base(all_settings(channel="#operators", token=SecretStr("xoxb-1"), language="fr-CA"))

    jobs = [*notes(base), *build_operators(base, slack_client(base.settings)).jobs()]

    assert len(jobs) == 2
    for job in jobs:
        job.close()


def test_the_token_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("xoxb-1\n")
    assert operator_token(OperatorSettings(channel="C1", token_file=file)) == "xoxb-1"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"channel": "C1"},
            "ALERT_ROUTER_OPERATOR__CHANNEL: set without a token; set ALERT_ROUTER_OPERATOR__TOKEN or",
        ),
        ({"channel": "C1", "token": SecretStr(" ")}, "ALERT_ROUTER_OPERATOR__CHANNEL: set without a token"),
        ({"token": SecretStr("x")}, "ALERT_ROUTER_OPERATOR__TOKEN: set without ALERT_ROUTER_OPERATOR__CHANNEL; name"),
        (
            {"channel": "C1", "token": SecretStr("x"), "token_file": Path("f")},
            "ALERT_ROUTER_OPERATOR__TOKEN: set as well as ALERT_ROUTER_OPERATOR__TOKEN_FILE; set one of them",
        ),
        ({"channel": "C1", "token_file": Path("/none")}, "ALERT_ROUTER_OPERATOR__TOKEN_FILE: cannot be read"),
    ],
)
def test_settings_that_do_not_fit_together_are_named(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        operator_token(OperatorSettings(**given))
    assert problem in str(raised.value)


@pytest.mark.parametrize("given", [{"language": "xx-1"}, {"time_zone": "Mars/Olympus"}, {"channel": ""}])
def test_a_language_or_zone_that_nobody_knows_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        OperatorSettings.model_validate(given)
