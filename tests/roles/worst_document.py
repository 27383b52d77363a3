"""Load a document beside a loop that counts: from standard input, its text; to standard output, what it cost as JSON.

With the argument `largest` it prints the largest document that is allowed, as stored. Two processes, because memory
that making the text has used and given back would hide what loading it takes.
"""

import asyncio
import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

from router.app.calm import calm, frozen_if_large
from router.config import stored
from router.config.bounds import MAX_PATTERN_SIZE, MAX_PATTERNS, MAX_RECEIVERS, MAX_ROUTES, MAX_TEMPLATES
from router.config.check import check
from router.config.compile.tenant import load_tenant
from router.config.document.tenant import TenantDocument
from router.config.tree import MAX_BYTES
from router.core.match.patterns import compiled_pattern
from router.observe.logging import configure_logging
from router.roles.tenants import ActiveTenants
from tests.adapters.builders import ACME
from tests.roles.worker import a_site

_PARTS: Final = {
    "title": "{{ mention }} {{ state | bold }} {{ subject }}",
    "alert": "{{ labels.instance | code }} {{ summary }} {{ labels.job }}",
    "footer": "{{ tenant }}, {{ updated }}",
}


def largest() -> str:
    """All that a document may list, in patterns that cost as much as they may, with a source as long as it may be."""
    patterns = [f"abc{number:03}|x{number:03}[a-z]+" for number in range(MAX_PATTERNS)]
    assert 0.7 * MAX_PATTERN_SIZE < sum(compiled_pattern(one).size for one in patterns) <= MAX_PATTERN_SIZE
    receivers = [f"r{number}" for number in range(MAX_RECEIVERS)]
    slack = [{"channel": "#alerts", "template": f"t{number % MAX_TEMPLATES}"} for number in range(MAX_RECEIVERS)]
    routes = [
        {
            "matchers": [f'team="t{number}"', f'a=~"{patterns[number % MAX_PATTERNS]}"'],
            "receiver": receivers[number % MAX_RECEIVERS],
        }
        for number in range(MAX_ROUTES)
    ]
    document = check(
        {
            "version": 1,
            "tenant": "acme",
            "platform": {"slack": {"token": {"secret": "slack"}}},
            "route": {"receiver": "r0", "routes": routes},
            "receivers": [{"name": name, "slack": one} for name, one in zip(receivers, slack, strict=True)],
            "templates": [{"name": f"t{number}", "parts": _PARTS} for number in range(MAX_TEMPLATES)],
        }
    )
    assert isinstance(document, TenantDocument)
    return stored.dump(document, "x" * MAX_BYTES)


async def longest_wait(waits: list[float]) -> None:
    """Note how much later than asked for the loop comes back."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        waits.append(time.perf_counter() - began)


def memory() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


async def measure(text: str) -> dict[str, Any]:
    """How many seconds the document takes, what it needs, and for how long the loop was held at most."""
    site = await a_site(ACME)
    tenants = ActiveTenants(site.tenants, load=frozen_if_large(load_tenant))
    await tenants.load()
    await tenants.find(ACME)
    async with calm():
        waits: list[float] = []
        counting = asyncio.create_task(longest_wait(waits))
        await asyncio.sleep(0.3)
        alone, before = max(waits), memory()
        waits.clear()
        await site.tenants.publish(ACME, text)
        began = time.perf_counter()
        await tenants.load()
        rules = tenants.get(ACME)
        took, held, needed = time.perf_counter() - began, max(waits), memory() - before
        counting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await counting
    assert rules is not None
    assert len(rules.route.routes) == MAX_ROUTES
    return {"took_s": took, "held_s": held, "alone_s": alone, "bytes": needed}


if __name__ == "__main__":
    configure_logging("ERROR")
    if "largest" in sys.argv:
        sys.stdout.write(largest())
    else:
        json.dump(asyncio.run(measure(sys.stdin.read())), sys.stdout)
