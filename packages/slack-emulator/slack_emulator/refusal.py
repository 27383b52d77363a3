"""How a method refuses a call: one exception with Slack's error code and its details."""

from collections.abc import Iterable, Mapping
from typing import Any


class RefusalError(Exception):
    """`{"ok": false, "error": code}`; `messages` become `response_metadata.messages`, `extra` joins the body.

    With `retry_after_s` the answer is a 429 that carries the header.
    """

    def __init__(
        self,
        code: str,
        messages: Iterable[str] = (),
        extra: Mapping[str, Any] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(code)
        self.retry_after_s = retry_after_s
        self.code = code
        self.messages = tuple(messages)
        self.extra = dict(extra or {})

    def body(self) -> dict[str, Any]:
        """The JSON object of the answer."""
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return body
