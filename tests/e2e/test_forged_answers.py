"""Answers that no Slack gives, to one tenant's calls: they harm neither the tenant beside it nor what both show."""

import json
import time
from typing import Any, Final

import pytest

from tests.e2e.system import System, Tenant
from tests.e2e.webhooks import firing
from tests.waiting import eventually

pytestmark = pytest.mark.hostile

ACCEPTED: Final = {"ok": True, "channel": "C1", "ts": "1.2"}
LONG: Final = "x" * 500_000
NAMELESS: Final = {"ok": True, "team_id": "x}:{ws:other", "bot_id": "B1"}
KNOWN_CALLS: Final = {"auth.test", "chat.postMessage", "conversations.history", "users.conversations"}
SOON_S: Final = 5.0


def forged(body: dict[str, Any], status: int = 200, **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"body": json.dumps(body), "status": status, "headers": named}


POSTS: Final = {
    "TooLarge": {**forged(ACCEPTED), "padding": 5_000_000},
    "LongError": forged({"ok": False, "error": LONG}, 500),
    "LongTs": forged({**ACCEPTED, "ts": f"1.{LONG}"}),
    "KeyForChannel": forged({**ACCEPTED, "channel": "C}:{ws:T}:x y\n\0"}),
    "OnlyAText": forged({**ACCEPTED, "ok": "false"}),
    "Elsewhere": forged(ACCEPTED, 302, Location="/api/chat.delete"),
    "ElsewhereWithAll": forged(ACCEPTED, 307, Location="/api/chat.delete"),
    "Token": forged({"ok": False, "error": "bad xoxb-emulated-forged\n<!channel>"}, 500),
}
"""By the alert whose post they answer."""


async def show(tenant: Tenant, name: str) -> float:
    """One more alert of a tenant, which must be shown; how long that took, in seconds."""
    before, began = len(await tenant.messages()), time.monotonic()
    await tenant.send(firing(name))

    async def is_shown() -> bool:
        return len(await tenant.messages()) > before

    await eventually(is_shown, every_s=0.05)
    return time.monotonic() - began


async def test_forged_answers_harm_neither_the_tenant_beside_nor_what_is_shown(fast: System) -> None:
    async with fast.tenant("forged") as tenant, fast.tenant("beside-forged") as beside:
        await tenant.fault("forged", "auth.test", **forged(NAMELESS))
        for name, answer in POSTS.items():
            await tenant.fault("forged", **answer)
            await tenant.send(firing(name))
            assert await show(beside, name) < SOON_S

        books = await tenant.settled()
        shown = [message.card for message in await tenant.messages()]
        assert len(shown) == len(POSTS)
        assert all(any(name in card for card in shown) for name in POSTS)
        assert books["notified"] == len(POSTS)
        assert {call["method"] for call in await tenant.calls()} <= KNOWN_CALLS
        assert len(await beside.messages()) == len(POSTS)

    rows = [json.dumps(row) for row in fast.log_lines() if row.get("tenant") == "forged"]
    assert max(map(len, rows)) < 2_000
    stored = [key async for key in fast.redis.scan_iter("*")]
    assert [key for key in stored if "ws:other" in key or len(key) > 500] == []
