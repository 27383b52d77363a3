"""A real OpenBao that is stopped: it takes connections and answers none, and holds up nobody beside its tenants."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from router.adapters.transit.access import TransitAccess
from tests.e2e.hanging_keys import SETTINGS, Hanging, at_rewrap, at_unwrap, at_wrap, hanging, in_traffic
from tests.openbao.server import OpenBao, started
from tests.openbao.test_keys import OPERATOR, WORKER

pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class Stopped:
    """The server, and by what processes and commands log in."""

    openbao: OpenBao
    worker: TransitAccess
    operator: TransitAccess

    @property
    def settings(self) -> Mapping[str, str]:
        return SETTINGS | of(self.worker)

    @property
    def of_operators(self) -> Mapping[str, str]:
        return SETTINGS | of(self.operator)

    def freeze(self) -> None:
        self.openbao.freeze()

    def thaw(self) -> None:
        self.openbao.thaw()


def of(access: TransitAccess) -> dict[str, str]:
    """The settings that name this access."""
    credential = access.credential
    return {
        "TRANSIT__URL": access.url,
        "TRANSIT__LOGIN": credential.method,
        "TRANSIT__ROLE": credential.role,
        "TRANSIT__CREDENTIAL_FILE": str(credential.file),
    }


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hanging]:
    folder = tmp_path_factory.mktemp("hanging")
    async with started(folder) as openbao:
        server = Stopped(openbao, await openbao.approle(WORKER), await openbao.approle(OPERATOR))
        async with hanging(folder, server) as found:
            yield found


async def test_in_the_middle_of_traffic_nobody_notices(site: Hanging) -> None:
    await in_traffic(site)


async def test_where_keys_are_made_the_new_tenant_waits_alone(site: Hanging) -> None:
    await at_wrap(site)


async def test_at_a_cold_start_its_records_are_held_and_nothing_is_lost(site: Hanging, tmp_path: Path) -> None:
    await at_unwrap(site, tmp_path / "cold.log")


async def test_where_keys_are_wrapped_again_the_command_alone_waits(site: Hanging) -> None:
    await at_rewrap(site)
