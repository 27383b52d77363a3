"""Sending on hold: who is, is so once, and only tenants that there are."""

import pytest

from router.config import stored
from router.control.hold import HoldControl
from router.control.tenants import TenantControl
from router.core.model.alert import TenantId
from router.errors import OperationError
from router.ports.control import Everybody
from tests.adapters.builders import ACME
from tests.config.samples import EXAMPLE
from tests.control.fakes import FakeGroups, FakeVersions, content
from tests.fakes.store import FakeStore
from tests.fakes.tenants import FakeHolds


@pytest.fixture
async def holds() -> HoldControl:
    versions = FakeVersions()
    await versions.publish(ACME, stored.dump(content().document, EXAMPLE))
    return HoldControl(TenantControl(versions, FakeGroups()), versions, FakeHolds(FakeStore()))


async def test_a_tenant_is_put_on_hold_and_released_once(holds: HoldControl) -> None:
    assert [await holds.hold(ACME), await holds.hold(ACME)] == [True, False]
    assert [await holds.release(ACME), await holds.release(ACME)] == [True, False]


async def test_everybody_is_put_on_hold_and_released_once(holds: HoldControl) -> None:
    assert [await holds.hold_everybody(), await holds.hold_everybody()] == [Everybody(True, 0), Everybody(False, 0)]
    assert [await holds.release_everybody(), await holds.release_everybody()] == [
        Everybody(True, 0),
        Everybody(False, 0),
    ]


@pytest.mark.parametrize("question", ["hold", "release"])
async def test_a_tenant_that_nobody_knows_is_refused_with_the_way_to_all(holds: HoldControl, question: str) -> None:
    with pytest.raises(OperationError) as caught:
        await getattr(holds, question)(TenantId("nobody"))

    assert caught.value.problem == "tenant 'nobody' has no configuration"
    assert "alert-router tenant list" in caught.value.remedy
