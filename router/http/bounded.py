"""The body of an answer over HTTP, up to a bound: whoever is asked may answer with anything."""

import aiohttp


class TooMuchError(ValueError):
    """An answer that was not read to its end."""

    def __init__(self, at_most: int) -> None:
        super().__init__(f"its answer is larger than {at_most} bytes")


async def body_of(response: aiohttp.ClientResponse, at_most: int) -> bytes:
    """All of it; counted as it is read, since its length may be left out, or wrong.

    Raises:
        TooMuchError: it is larger than `at_most` bytes; its connection is closed.
    """
    parts, size = list[bytes](), 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > at_most:
            response.close()
            raise TooMuchError(at_most)
        parts.append(part)
    return b"".join(parts)
