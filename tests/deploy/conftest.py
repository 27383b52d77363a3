"""The settings as the containers read them: what the image sets, then `.env.example`."""

import os

import pytest

from router.settings import Settings, read_settings
from tests.deploy.reading import PREFIX, environment_file, image_environment


@pytest.fixture
def variables() -> dict[str, str]:
    every = image_environment() | environment_file()
    return {name: value for name, value in every.items() if name.startswith(PREFIX)}


@pytest.fixture
def settings(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_settings()
