"""Tokens of a real identity provider; `make test-keycloak` runs these."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from tests.keycloak.server import DISTRIBUTION, Keycloak, started

HERE: Final = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    is_missing = not DISTRIBUTION.exists() and not os.environ.get("CI_REQUIRES_KEYCLOAK")
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.keycloak)
            item.add_marker(pytest.mark.timeout(600))
            item.add_marker(pytest.mark.skipif(is_missing, reason="`make test-keycloak` runs these"))


@pytest.fixture(scope="session")
async def keycloak(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Keycloak]:
    async with started(tmp_path_factory.mktemp("keycloak")) as one:
        yield one
