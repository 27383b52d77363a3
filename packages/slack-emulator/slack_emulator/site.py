"""Serves an aiohttp application from the running event loop, on a port of its own."""

from aiohttp import web


class Site:
    """One place to listen: it can be started again after a stop."""

    def __init__(self, name: str, *, shutdown_s: float) -> None:
        """`name` is for error messages; `shutdown_s` is how long `stop` waits for open requests."""
        self._name = name
        self._shutdown_s = shutdown_s
        self._runner: web.AppRunner | None = None
        self._url: str | None = None

    @property
    def url(self) -> str:
        """Where it listens, without a trailing slash.

        Raises:
            RuntimeError: it has not been started.
        """
        if self._url is None:
            raise RuntimeError(f"the {self._name} has not been started")
        return self._url

    async def start(self, app: web.Application, host: str, port: int) -> None:
        """Listen; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
            RuntimeError: it is running already.
        """
        if self._runner is not None:
            raise RuntimeError(f"the {self._name} is running already")
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=self._shutdown_s)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._url = f"http://{f'[{host}]' if ':' in host else host}:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening and cut off open requests; stopping twice does nothing."""
        runner, self._runner, self._url = self._runner, None, None
        if runner is not None:
            await runner.cleanup()
