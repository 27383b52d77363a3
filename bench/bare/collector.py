"""`python -m bench.bare.collector`: takes traces by OTLP over HTTP, and forgets them."""

import asyncio

from aiohttp import web
from alert_router_local.process import HOST

from bench.bare.inbound import ready


async def _take(request: web.Request) -> web.Response:
    await request.read()
    return web.Response()


async def main() -> None:
    """Serve until the bench ends."""
    application = web.Application(client_max_size=64 * 1024 * 1024)
    application.router.add_post("/v1/traces", _take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    ready({"port": runner.addresses[0][1]})
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
