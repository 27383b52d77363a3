"""Operators are shown in a channel of their own what is wrong with tenants, until it is over."""

from pathlib import Path
from typing import Final

import pytest

from tests.e2e.conftest import FAST_SETTINGS
from tests.e2e.system import Message, Tenant, up
from tests.e2e.tenants import WITH_OPERATORS, write
from tests.e2e.webhooks import firing
from tests.waiting import eventually

CHANNEL: Final = {
    "OPERATOR__CHANNEL": "#operators",
    "OPERATOR__TOKEN": "xoxb-emulated-operators",
    "OPERATOR__LANGUAGE": "de",
    "OPERATOR__TIME_ZONE": "Europe/Berlin",
}
TOKENS, LETTERS = "SLACK-TOKENS FUNKTIONIEREN NICHT", "UNBRAUCHBARE DATENSÄTZE"


async def notice(operators: Tenant, title: str) -> Message | None:
    """The one message of a kind, where there is one."""
    found = [one for one in await operators.messages("operators") if one.text.startswith(title)]
    assert len(found) <= 1, "one message a kind"
    return found[0] if found else None


@pytest.mark.long
@pytest.mark.night
@pytest.mark.timeout(180)
async def test_a_revoked_token_and_a_dead_letter_are_one_message_each_until_they_are_over(tmp_path: Path) -> None:
    token = "xoxb-emulated-unlucky"
    folder = write(tmp_path / "operators", WITH_OPERATORS)
    async with (
        up(folder, **FAST_SETTINGS, **CHANNEL) as system,
        system.tenant("operators") as operators,
        system.tenant("unlucky") as unlucky,
    ):

        async def named(title: str, word: str) -> bool:
            shown = await notice(operators, title)
            return shown is not None and "unlucky" in shown.text and word in shown.text

        async def repaired() -> bool:
            shown = await notice(operators, TOKENS)
            return shown is not None and "beendet" in shown.text and len(shown.replies) == 1

        await system.emulator("tokens/status", token=token, status="revoked")
        await unlucky.send(firing(summary="words of a tenant"))
        await unlucky.append(b"no json")

        await eventually(lambda: named(TOKENS, "token_dead"), within_s=60)
        await eventually(lambda: named(LETTERS, "not_json"), within_s=60)
        assert all("words of a tenant" not in one.text for one in await operators.messages("operators"))

        await system.emulator("tokens/status", token=token, status="active")
        await unlucky.settled(within_s=20)
        await eventually(repaired, within_s=60)
        assert await named(LETTERS, "not_json")
