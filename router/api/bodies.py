"""Bodies of requests: documents as they were written, bounded in bytes and time."""

import asyncio
from typing import Final

from fastapi import Request

from router.http.problems import Problem

MAX_DOCUMENT: Final = 2 << 20
"""Bytes of a document that is sent to the control API."""

ARRIVES_S: Final = 30.0
"""Seconds that it may take to arrive."""

_TYPES: Final = frozenset({"application/yaml", "application/json", "text/yaml", "application/x-yaml"})


async def document_text(request: Request) -> str:
    """The document of a request: YAML, or JSON, which is YAML as well.

    Raises:
        Problem: 408, 413, 415; 400 for what is not UTF-8.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TYPES:
        raise Problem(415, "unsupported-media-type", "send the document as application/yaml or application/json")
    body = bytearray()
    try:
        async with asyncio.timeout(ARRIVES_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_DOCUMENT:
                    raise Problem(413, "body-too-large", f"a document may have {MAX_DOCUMENT} bytes")
    except TimeoutError:
        raise Problem(408, "body-too-slow", f"a body may take {ARRIVES_S:g} s to arrive; send it again") from None
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Problem(400, "not-utf-8", "the document is not UTF-8 text") from None
