"""A key service that takes connections and does not answer keeps its own tenants waiting, and nobody beside them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from aiohttp import web

from tests.e2e.hanging_keys import SETTINGS, Hanging, at_rewrap, at_unwrap, at_wrap, hanging, in_traffic
from tests.fakes.transit import FakeTransit, transit

pytestmark = [pytest.mark.long, pytest.mark.night, pytest.mark.timeout(300)]


class FrozenFake:
    """The fake of Transit, frozen until it thaws."""

    def __init__(self, fake: FakeTransit) -> None:
        self.fake = fake
        self.thawed = asyncio.Event()

    @property
    def settings(self) -> Mapping[str, str]:
        return SETTINGS | {"TRANSIT__URL": self.fake.url, "TRANSIT__CREDENTIAL_FILE": str(self.fake.file)}

    @property
    def of_operators(self) -> Mapping[str, str]:
        return self.settings

    def freeze(self) -> None:
        self.thawed.clear()
        self.fake.fault = self._hang

    def thaw(self) -> None:
        self.fake.fault = None
        self.thawed.set()

    async def _hang(self, _: web.Request) -> web.StreamResponse:
        await self.thawed.wait()
        return web.Response(status=503)


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hanging]:
    folder = tmp_path_factory.mktemp("hanging")
    async with transit(folder) as fake, hanging(folder, FrozenFake(fake)) as found:
        yield found


async def test_in_the_middle_of_traffic_nobody_notices(site: Hanging) -> None:
    await in_traffic(site)


async def test_where_keys_are_made_the_new_tenant_waits_alone(site: Hanging) -> None:
    await at_wrap(site)


async def test_at_a_cold_start_its_records_are_held_and_nothing_is_lost(site: Hanging, tmp_path: Path) -> None:
    await at_unwrap(site, tmp_path / "cold.log")


async def test_where_keys_are_wrapped_again_the_command_alone_waits(site: Hanging) -> None:
    await at_rewrap(site)
