"""Bodies are bounded whoever sends them, before they are read."""

from collections.abc import AsyncIterator
from io import BytesIO

from router.api.bounded import MAX_BODY
from tests.api.serving import Asking
from tests.bounds import tries


@tries("body of a request to the control API")
async def test_a_larger_body_is_read_for_nobody(api: Asking, beyond: int) -> None:
    text = b'{"role": "viewer"}'.ljust(MAX_BODY + beyond)

    async def in_chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(text), 1 << 20):
            yield text[start : start + (1 << 20)]

    for content in (in_chunks(), BytesIO(text)):
        async with api.session.post(
            f"{api.url}/control/v1/tenants/acme/keys", data=content, headers={"Content-Type": "application/json"}
        ) as answer:
            assert answer.status == (413 if beyond > 0 else 401)
