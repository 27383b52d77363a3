"""A tenant goes to another cell once nothing of it is open in the one that it is of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pytest

from router.control.isolation.moving import Moving
from router.control.tenants import TenantControl
from router.core.cell import NO_CELL, Cell, CellName, Cells
from router.core.model.alert import TenantId
from router.core.model.rules.limits import Caps
from router.errors import OperationError, UnavailableError
from tests.config.samples import SMALL
from tests.control.fakes import FakeGroups, FakeVersions, content
from tests.control.isolation.test_celled import of_cell

EU: Final = CellName("eu-1")
CELLS: Final = {EU: Cell("https://eu-1.example.com"), CellName("us-1"): Cell("https://us-1.example.com")}


@dataclass(frozen=True)
class Stored:
    """What Redis says of every tenant; None: it does not answer."""

    sizes_: Caps | None = Caps(0, 0, 0)  # noqa: RUF009 - it is frozen

    async def sizes(self, tenants: Sequence[TenantId]) -> list[Caps | None]:
        return [self.sizes_ for _ in tenants]


async def moved(before: str, after: str, stored: Stored, own: CellName = EU) -> int:
    """The version that a tenant comes to by another file."""
    versions = FakeVersions()
    tenants = TenantControl(versions, FakeGroups(), moves=Moving(Cells(own, CELLS), stored))
    await tenants.publish(await tenants.plan(content(before), "acme.yaml"))
    return (await tenants.plan(content(after), "acme.yaml")).after


async def test_a_tenant_with_open_alert_groups_stays() -> None:
    with pytest.raises(OperationError) as error:
        await moved(of_cell("eu-1"), of_cell("us-1"), Stored(Caps(3, 2, 900)))

    assert str(error.value) == (
        "tenant 'acme' has 2 open alert groups in cell 'eu-1', which stay there; "
        "stop its senders, wait until those have ended, and move it then"
    )


async def test_a_tenant_without_any_goes() -> None:
    closed_ones = Stored(Caps(0, 0, 900))

    assert await moved(of_cell("eu-1"), of_cell("us-1"), closed_ones) == 2
    assert await moved(SMALL, of_cell("us-1"), closed_ones, NO_CELL) == 2


async def test_what_does_not_move_is_not_asked_about() -> None:
    away = Stored(None)

    assert await moved(of_cell("us-1"), of_cell("us-1") + "locale: de-DE\n", away) == 2


async def test_a_move_is_planned_where_the_groups_are_seen() -> None:
    for before, where in ((of_cell("us-1"), "ALERT_ROUTER_CELL is us-1"), (SMALL, "ALERT_ROUTER_CELL is unset")):
        with pytest.raises(OperationError, match=where):
            await moved(before, of_cell("eu-1"), Stored())


async def test_a_move_waits_for_redis() -> None:
    with pytest.raises(UnavailableError):
        await moved(of_cell("eu-1"), of_cell("us-1"), Stored(None))
