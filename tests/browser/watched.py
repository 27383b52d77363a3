"""A channel of the emulator that is posted to, and the browser in which it is seen."""

import json
from dataclasses import dataclass
from typing import Any, Final

from slack_emulator import Emulator

from tests.slack_emulator.conftest import answer_of
from tests.waiting import eventually
from tools.pictures.chromium import Tab

RED: Final = "#E01E5A"
GREEN: Final = "#2EB67D"


def coloured(colour: str, text: str) -> dict[str, Any]:
    """A message with a bar in this colour, as alerts have it."""
    block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return {"text": text, "attachments": [{"color": colour, "fallback": text, "blocks": [block]}]}


@dataclass(frozen=True)
class Watched:
    """What is done in Slack, and what is seen of it."""

    tab: Tab
    slack: Emulator

    def post(self, **printed: Any) -> str:
        """Post to the channel; the message's ts."""
        return self._call("chat.postMessage", unfurl_links=False, unfurl_media=False, **printed)

    def edit(self, ts: str, **printed: Any) -> None:
        """Edit a message."""
        self._call("chat.update", ts=ts, **printed)

    def _call(self, method: str, **args: Any) -> str:
        body = answer_of(self.slack, method, {"channel": "C1", **args}).body
        assert not isinstance(body, str)
        assert body["ok"], body
        return str(body["ts"])

    async def live(self) -> bool:
        """Whether the page says that it follows."""
        return bool(await self.tab.ask("document.getElementById('live')?.dataset.state === 'live'"))

    async def seen(self, ts: str) -> str:
        """What is read of a message, or nothing."""
        return str(await self.tab.ask(f"document.getElementById('m{ts}')?.innerText ?? ''"))

    async def colour(self, ts: str) -> str:
        """The colour of a message's bar, as painted."""
        rect = f"document.querySelector('#m' + CSS.escape('{ts}') + ' .bar rect')"
        return str(await self.tab.ask(f"{rect} ? getComputedStyle({rect}).fill : ''"))

    async def style(self, selector: str, name: str) -> str:
        """A style of the first such element, as computed."""
        element = f"document.querySelector({json.dumps(selector)})"
        return str(await self.tab.ask(f"getComputedStyle({element})[{json.dumps(name)}]"))

    async def reads(self, ts: str, words: str) -> None:
        """Wait until the message says so."""

        async def found() -> bool:
            return words in await self.seen(ts)

        await eventually(found)

    async def painted(self, ts: str, colour: str) -> None:
        """Wait until the bar has this colour."""
        rgb = ", ".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))

        async def found() -> bool:
            return await self.colour(ts) == f"rgb({rgb})"

        await eventually(found)
