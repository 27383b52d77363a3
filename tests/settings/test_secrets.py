"""No secret of the settings is in any text that is made of them: a repr, an error, what the adapters get."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import BaseModel, SecretStr

from router.app.connections import redis_connection
from router.app.options import kafka_connection
from router.errors import ConfigurationError
from router.settings import Settings, read_settings

SECRET: Final = "hunter2"


def secrets_of(section: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The ways to all settings that hold a secret."""
    for name, field in section.model_fields.items():
        kind: Any = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from secrets_of(kind, (*path, name))
        elif SecretStr in getattr(kind, "__args__", (kind,)):
            yield (*path, name)


SECRETS: Final = {"__".join(path).upper(): path for path in secrets_of(Settings)}


def value_of(variable: str) -> str:
    if variable.startswith("POSTGRES__"):
        return f"postgresql://login:{SECRET}@127.0.0.1:1/postgres"
    return f"redis://:{SECRET}@127.0.0.1:1/0" if variable == "REDIS__URL" else SECRET


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for variable in SECRETS:
        monkeypatch.setenv(f"ALERT_ROUTER_{variable}", value_of(variable))
    monkeypatch.setenv("ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS", "127.0.0.1:1")
    monkeypatch.setenv("ALERT_ROUTER_KAFKA__SECURITY_PROTOCOL", "SASL_SSL")
    return read_settings()


def test_the_settings_that_hold_a_secret_are_known() -> None:
    named = [name for name in every_setting(Settings) if any(word in name for word in ("PASSWORD", "TOKEN", "KEY"))]

    assert set(SECRETS) >= {"REDIS__URL", "KAFKA__SASL_PASSWORD", "SECRETS__KEY", "SIGNING__KEY", "OPERATOR__TOKEN"}
    assert [name for name in named if name not in SECRETS] == []


def every_setting(section: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """All of them but the names of files."""
    for name, field in section.model_fields.items():
        kind: Any = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from every_setting(kind, f"{prefix}{name}__".upper())
        elif Path not in getattr(kind, "__args__", (kind,)):
            yield f"{prefix}{name}".upper()


async def test_no_text_that_is_made_of_the_settings_shows_a_secret(settings: Settings) -> None:
    redis = redis_connection(settings)
    try:
        made = [settings, settings.model_dump(), kafka_connection(settings), redis, vars(redis)]
        texts = [str(one) for one in made] + [repr(one) for one in made] + [settings.model_dump_json()]
    finally:
        await redis.close()

    assert [text for text in texts if SECRET in text] == []


@pytest.mark.parametrize("variable", SECRETS)
def test_the_value_itself_is_there(settings: Settings, variable: str) -> None:
    found: Any = settings
    for name in SECRETS[variable]:
        found = getattr(found, name)

    assert found.get_secret_value() == value_of(variable)


@pytest.mark.parametrize("wrong", [f'{{"password": {{"x": "{SECRET}"}}}}', SECRET, json.dumps([SECRET])])
@pytest.mark.parametrize(
    "variable", ["KAFKA", "REDIS", "SECRETS", "OPERATOR", "KAFKA__PARTITIONS", "KAFKA__BOUND_TOPICS", "GATEWAY__PORT"]
)
def test_an_error_repeats_no_value(monkeypatch: pytest.MonkeyPatch, variable: str, wrong: str) -> None:
    monkeypatch.setenv(f"ALERT_ROUTER_{variable}", wrong)

    with pytest.raises(ConfigurationError) as caught:
        read_settings()

    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)
