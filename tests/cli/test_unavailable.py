"""An engine that does not answer: which one, how it failed, and which setting names where it is."""

import socket
from collections.abc import Iterator

import pytest

from tests.cli.running import refused, run


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.mark.long  # it waits as long as a command waits for Redis
async def test_a_redis_that_is_silent_is_named_with_the_setting_that_names_it(silent: str) -> None:
    refused(await run("tenant", "list", REDIS__URL=silent), 1, "Redis: no answer in time", "ALERT_ROUTER_REDIS__URL")


async def test_a_redis_that_is_not_there_is_named_with_the_setting_that_names_it() -> None:
    done = await run("tenant", "list", REDIS__URL="redis://127.0.0.1:1/0")

    refused(done, 1, "error: Redis: ", "127.0.0.1:1", "error: to fix it: see that it runs", "ALERT_ROUTER_REDIS__URL")
