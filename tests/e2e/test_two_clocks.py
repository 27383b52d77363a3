"""Two gateways whose machines do not agree what time it is: what is shown is what was sent last."""

from functools import partial
from pathlib import Path
from typing import Final
from unittest.mock import patch

import pytest

from router.__main__ import main
from router.app.clocks import wall_clock
from router.core.model.instant import Instant
from tests.e2e.conftest import SIGNING
from tests.e2e.gateways import a_gateway, send
from tests.e2e.system import System
from tests.e2e.webhooks import firing, resolved

GREEN: Final = "#2EB67D"


def ahead(microseconds: int) -> None:
    """Our program on a machine whose clock is ahead."""
    with patch("router.app.compose.wall_clock", lambda: Instant(wall_clock() + microseconds)):
        main()


@pytest.mark.parametrize(
    ("name", "ahead_s"), [("skewed", 3), pytest.param("far-ahead", 400, marks=[pytest.mark.long, pytest.mark.night])]
)
async def test_what_fired_through_a_gateway_that_is_ahead_ends_at_once_through_another(
    fast: System, tmp_path: Path, name: str, ahead_s: int
) -> None:
    log, program = tmp_path / "gateway.log", partial(ahead, ahead_s * 1_000_000)
    async with fast.tenant(name) as tenant, a_gateway(fast, log, program, **SIGNING) as (url, operations):
        await send(tenant, url, firing("Skewed"))
        await tenant.settled()
        await tenant.send(resolved("Skewed"))
        books = await tenant.settled()

        assert (books["accepted"], books["notified"]) == (2, 2)
        assert (await tenant.message()).color == GREEN
        async with fast.http.get(f"{operations}/metrics") as answer:
            [line] = [
                one for one in (await answer.text()).splitlines() if one.startswith("alert_router_clock_ahead_s")
            ]
        assert abs(float(line.split()[1]) - ahead_s) < 1
        assert "clock_off" in log.read_text(encoding="utf-8")
