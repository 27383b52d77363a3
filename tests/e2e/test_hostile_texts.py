"""Texts of alerts that deceive or show what is to be hidden, beside a victim that is served in time."""

from typing import Final

from tests.e2e.system import System
from tests.e2e.webhooks import firing

UNSEEN: Final = "\u3164"
JOINER: Final = "\u200d"


async def test_what_nobody_sees_neither_shows_a_hidden_number_nor_leads_elsewhere_nor_is_a_title(
    fast: System,
) -> None:
    alert = firing(UNSEEN, "node-veiled")
    alert["annotations"] = {
        "summary": f"card 41111111{JOINER}11111111",
        "runbook_url": "https://good.example@evil.example/",
    }
    async with fast.tenant("veiled") as tenant, fast.tenant("beside-veiled") as victim:
        await tenant.send(alert)
        await victim.send(firing("Beside"))
        await victim.settled(within_s=5)
        await tenant.settled()

        message = await tenant.message()
        shown = " ".join((message.text, *message.texts, message.card))
        assert "node-veiled" in shown
        assert "card" in shown
        assert "11111111" not in shown
        assert "evil.example" not in shown
        assert UNSEEN not in message.text
        assert "Beside" in (await victim.message()).text
