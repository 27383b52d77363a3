"""`make pictures`: the emulator's page in headless Chromium, halfway through the sample incident, light and dark.

The incident is played to the tenants of the demo at its own pace, on a clock of its own: the same picture each time.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import alert_router_local.demo
from alert_router_local.seeding import seed_emulator, team_of, token_of
from slack_emulator import Emulator, Limits
from slack_emulator.page import PageServer
from slack_emulator.wire import Incoming

from router.app.localizations import load_localizations
from router.config.compile.tenant import compile_tenant
from router.config.document.tenant import TenantDocument
from router.config.files import read_files
from router.control.arrivals import Body
from router.control.preview import PreviewRequest, preview_channels
from router.control.simulate import SimulatedCall
from router.core.model.instant import MINUTE, NEVER, SECOND
from router.settings import Settings
from tools.pictures.chromium import Tab, chromium, needed_chromium
from tools.pictures.incident import FOLDED, SAMPLES, ZONE

_WIDTH: Final = 1280
_HEIGHT: Final = 600
_TENANT: Final = "acme"
_CHANNEL: Final = "shop-alerts"
_UNTIL: Final = 3
_LATER_S: Final = 120
_UNLIMITED: Final = Limits(channel_burst=1_000)
_DRAWN: Final = "location.search === '?theme={theme}' && document.querySelector('#live')?.textContent === 'live'"
_HIDDEN_PX: Final = "(scroll => scroll.scrollHeight - scroll.clientHeight)(document.querySelector('.scroll'))"
_TO_THE_START: Final = "document.querySelector('.scroll').scrollTop = 0"
_QUIET: Final = "Promise.all(document.getAnimations().map(animation => animation.finished)).then(() => true)"


async def take(folder: Path) -> None:
    """Play the incident and write `page-light.png` and `page-dark.png`."""
    stage = Stage()
    with as_file(files(alert_router_local.demo).joinpath("tenants")) as tenants:
        for file in read_files([tenants]):
            stage.play(file.document)
    with tempfile.TemporaryDirectory() as scratch:
        async with stage.page() as url, chromium(needed_chromium(), Path(scratch) / "profile") as tab:
            await _draw(tab, url, stage, folder)


class Stage:
    """An emulated Slack whose clock goes with the incident."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.emulator = Emulator(limits=_UNLIMITED, clock=lambda: self.now_s)

    def play(self, document: TenantDocument) -> None:
        """Make the calls of a tenant's first so many bodies, each at its time."""
        seed_emulator(self.emulator, document)
        shown: dict[str, str] = {}
        for call in _calls(document):
            self.now_s = call.at / SECOND
            arguments = dict(call.call.arguments)
            workspace = self.emulator.workspace(team_of(document.tenant))
            [arguments["channel"]] = [
                one.id for one in workspace.channels.values() if f"#{one.name}" == arguments["channel"]
            ]
            for name in {"ts", "thread_ts"} & arguments.keys():
                arguments[name] = shown[arguments[name]]
            shown[call.shown_at.ts] = self._made(call.call.method, arguments, token_of(document.tenant))
        self.now_s += _LATER_S

    def _made(self, method: str, arguments: dict[str, Any], token: str) -> str:
        """Make one call; the `ts` of its message."""
        body, content_type = json.dumps(arguments).encode(), "application/json; charset=utf-8"
        incoming = Incoming(method, body=body, content_type=content_type, authorization=f"Bearer {token}")
        answer = self.emulator.api.perform(self.emulator.api.see(incoming)).body
        if isinstance(answer, str) or not answer["ok"]:
            raise RuntimeError(f"{method}: {answer}")
        return str(answer["ts"])

    @asynccontextmanager
    async def page(self) -> AsyncIterator[str]:
        """Serve the page; its address."""
        server = PageServer(self.emulator)
        await server.start()
        try:
            yield server.url
        finally:
            await server.stop()


def _calls(document: TenantDocument) -> Sequence[SimulatedCall]:
    """The calls of all its receivers, the earliest first."""
    bodies = [Body(path.name, path.read_bytes()) for path in sorted(SAMPLES.glob("*.json"))[:_UNTIL]]
    tenant = compile_tenant(document, 1)
    request = PreviewRequest(tenant, bodies, languages=(None,), receivers=(), first_at=NEVER, every=MINUTE)
    channels = preview_channels(request, load_localizations(Settings()))
    return sorted((call for channel in channels for call in channel.calls), key=lambda call: call.at)


async def _draw(tab: Tab, url: str, stage: Stage, folder: Path) -> None:
    await tab.command("Emulation.setTimezoneOverride", timezoneId=ZONE)
    await tab.stop_the_clock(stage.now_s)
    team = team_of(_TENANT)
    channel = stage.emulator.add_channel(team, _CHANNEL)
    for theme in ("light", "dark"):
        await tab.resize(_WIDTH, _HEIGHT)
        await tab.open(f"{url}/client/{team}/{channel}?theme={theme}")
        await tab.until(_DRAWN.format(theme=theme))
        await tab.ask(FOLDED)
        await tab.resize(_WIDTH, _HEIGHT + int(str(await tab.ask(_HIDDEN_PX))))
        await tab.ask(_TO_THE_START)
        await tab.ask(_QUIET)
        await tab.picture(folder / f"page-{theme}.png")


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
