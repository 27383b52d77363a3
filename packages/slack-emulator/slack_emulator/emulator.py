"""The emulator itself: the director's world, served over HTTP from the running event loop."""

from aiohttp import web

from slack_emulator.director import Director
from slack_emulator.server import build_app

_SHUTDOWN_S = 0.2


class Emulator(Director):
    """An emulated Slack. Set it up before or after `start`; its state survives `stop`."""

    _runner: web.AppRunner | None = None
    _url: str | None = None

    @property
    def url(self) -> str:
        """Where it listens, without a trailing slash; Slack's base URL is `url + "/api/"`."""
        if self._url is None:
            raise RuntimeError("the emulator has not been started")
        return self._url

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> web.AppRunner:
        """Listen; port 0 takes a free one."""
        if self._runner is not None:
            raise RuntimeError("the emulator is running already")
        runner = web.AppRunner(
            build_app(self), access_log=None, handler_cancellation=True, shutdown_timeout=_SHUTDOWN_S
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._url = f"http://{host}:{runner.addresses[0][1]}"
        return runner

    async def stop(self) -> None:
        """Stop listening and cut off whoever still hangs; stopping twice does nothing."""
        runner, self._runner, self._url = self._runner, None, None
        if runner is not None:
            await runner.cleanup()
