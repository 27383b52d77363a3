"""Headless Chromium, led over its DevTools protocol: one page, to look at and to ask.

No driver and no library is needed: Chromium prints where it listens, and speaks JSON over a WebSocket.
"""

import asyncio
import base64
import itertools
import json
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import aiohttp

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-first-run",
    "--hide-scrollbars",
    "--lang=en-US",
    "--remote-debugging-port=0",
    "about:blank",
)
MISSING: Final = "Chromium is not installed; on Debian: apt-get install chromium"
_LISTENING: Final = re.compile(rb"DevTools listening on ws://([^/]+)/")
_STOPPED: Final = """
    const Running = Date;
    globalThis.Date = class extends Running {{
        constructor(...given) {{ super(...(given.length ? given : [{ms}])); }}
        static now() {{ return {ms}; }}
    }};
"""
_PAINTED: Final = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
_START_S: Final = 40
_ANSWER_S: Final = 20
_BETWEEN_LOOKS_S: Final = 0.05
_LOOKS: Final = round(30 / _BETWEEN_LOOKS_S)


def find_chromium() -> str | None:
    """The program, if it is installed."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def needed_chromium() -> str:
    """The program; without it this cannot go on."""
    found = find_chromium()
    if found is None:
        raise RuntimeError(MISSING)
    return found


class Tab:
    """Chromium's one page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self.complaints: list[str] = []
        """What the page's console was told that is worse than information: errors and breaches of the policy."""

    async def command(self, method: str, **params: object) -> dict[str, Any]:
        """Ask for something over the DevTools protocol."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        async with asyncio.timeout(_ANSWER_S):
            while True:
                answer = await self._socket.receive_json()
                self._note(answer)
                if answer.get("id") == number:
                    break
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    async def open(self, url: str) -> None:
        """Go there; the page may still be loading."""
        for domain in ("Page", "Runtime", "Log"):
            await self.command(f"{domain}.enable")
        await self.command("Page.navigate", url=url)

    async def ask(self, expression: str) -> object:
        """The value of a JavaScript expression, which may be a promise."""
        answer = await self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    async def until(self, expression: str) -> object:
        """The first value of a JavaScript expression that is true; raises TimeoutError after half a minute."""
        for _ in range(_LOOKS):
            if value := await self.ask(expression):
                return value
            await asyncio.sleep(_BETWEEN_LOOKS_S)
        raise TimeoutError(expression)

    async def press(self, key: str, *, alt: bool = False) -> None:
        """Press a key such as `Tab`, `Enter` or `ArrowDown`."""
        codes = {"Tab": 9, "Enter": 13, "ArrowUp": 38, "ArrowDown": 40}
        known = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key], "modifiers": int(alt)}
        text = {"text": "\r"} if key == "Enter" else {}
        await self.command("Input.dispatchKeyEvent", type="keyDown", **known, **text)
        await self.command("Input.dispatchKeyEvent", type="keyUp", **known)

    async def prefer(self, scheme: str) -> None:
        """Let the system prefer `light` or `dark`."""
        await self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    async def resize(self, width: int, height: int) -> None:
        """Give the window a size."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self.command("Emulation.setDeviceMetricsOverride", **size)

    async def stop_the_clock(self, at_s: float) -> None:
        """Let it be this time, in seconds since 1970, on every page that is opened from now on."""
        await self.command("Page.addScriptToEvaluateOnNewDocument", source=_STOPPED.format(ms=round(at_s * 1000)))

    async def picture(self, path: Path) -> None:
        """Write what is seen as a PNG, once all that was done is painted."""
        await self.ask(_PAINTED)
        answer = await self.command("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(answer["data"]))

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"]))
        elif event.get("method") == "Log.entryAdded" and params["entry"]["level"] in ("warning", "error"):
            self.complaints.append(params["entry"]["text"])


@asynccontextmanager
async def chromium(program: str, profile: Path) -> AsyncIterator[Tab]:
    """A fresh Chromium with one page, ended at the end."""
    process = await asyncio.create_subprocess_exec(
        program,
        f"--user-data-dir={profile}",
        *_FLAGS,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    drained: asyncio.Task[bytes] | None = None
    try:
        async with asyncio.timeout(_START_S):
            address = await _address(piped(process.stderr))
        drained = asyncio.create_task(piped(process.stderr).read())
        async with aiohttp.ClientSession() as session, session.get(f"http://{address}/json/list") as response:
            pages = [page for page in await response.json() if page["type"] == "page"]
            async with session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                tab = Tab(socket)
                yield tab
                await tab.command("Browser.close")
                async with asyncio.timeout(_ANSWER_S):
                    await process.wait()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its helpers too
        await process.wait()
        if drained is not None:
            await drained


def piped(stream: asyncio.StreamReader | None) -> asyncio.StreamReader:
    """The stream of a process that was started with a pipe."""
    if stream is None:
        raise RuntimeError("the process was started without this pipe")
    return stream


async def _address(stderr: asyncio.StreamReader) -> str:
    printed = b""
    async for line in stderr:
        printed += line
        if found := _LISTENING.search(line):
            return found[1].decode()
    raise RuntimeError(f"Chromium ended: {printed.decode(errors='replace')}")
