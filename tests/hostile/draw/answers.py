"""Answers that no Slack gives, as the bytes on a connection."""

import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from tests.hostile.canaries import TOKEN
from tests.hostile.draw import texts, trees

_ACCEPTED: Final[Mapping[str, Any]] = {
    "ok": True,
    "channel": "C1",
    "ts": "1700000000.000100",
    "team_id": "T1",
    "bot_id": "B1",
    "user_id": "U1",
    "message": {},
    "channels": [{"id": "C1", "name": "alerts-0", "is_member": True}],
    "messages": [],
    "response_metadata": {"next_cursor": "x"},
}
_ODD: Final = ("C}:{ws:T}:x y\n\0", "x}:{ws:other", "1.2", "1.x", "9" * 400_000, "-1.0", "C1\r\nX: y", "#alerts-0")
_ERRORS: Final = (
    "invalid_auth",
    "account_inactive",
    "token_revoked",
    "channel_not_found",
    "is_archived",
    "not_in_channel",
    "ratelimited",
    "msg_too_long",
    "invalid_blocks",
    "message_not_found",
    "cant_update_message",
    "edit_window_closed",
    "fatal_error",
    "internal_error",
    "service_unavailable",
    "no_such_error",
    "",
    f"bad xoxb-{TOKEN}\n<!channel>",
    "x" * 500_000,
)
_STATUSES: Final = (200, 200, 200, 200, 201, 204, 302, 307, 400, 401, 403, 404, 418, 429, 500, 502, 503, 599)
_PATIENCE: Final = (
    "-1",
    "0",
    "0.001",
    "1e9",
    "soon",
    "nan",
    "99999999999999999999",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "1",
)
_MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes after so many seconds, and whether the connection ends then; no bytes at all where it hangs."""

    data: bytes
    after_s: float = 0.0
    ends: bool = False


def drawn(dice: random.Random) -> Answer:
    """One answer."""
    match dice.randrange(10):
        case 0:
            return Answer(b"", ends=dice.random() < 0.8)
        case 1:
            return Answer(dice.randbytes(dice.choice([1, 300, 100_000])), ends=dice.random() < 0.8)
        case 2:
            return Answer(_framed(dice, _packed(), {"Content-Encoding": "gzip"}))
        case 3:
            whole = _framed(dice, _body(dice), {})
            return Answer(whole[: dice.randrange(len(whole))], ends=True)
        case 4:
            lines = b"".join(b"Set-Cookie: c%d=%s\r\n" % (n, TOKEN.encode()) for n in range(dice.choice([1, 2_000])))
            return Answer(b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 2\r\n\r\n{}")
        case 5:
            return Answer(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + b"1\r\n{\r\n" * dice.choice([3, 9_000])
                + b"0\r\n\r\n"
            )
        case _:
            return Answer(_framed(dice, _body(dice), {}), after_s=dice.choice([0, 0, 0, 0.2, 2]))


def _framed(dice: random.Random, body: bytes, more: Mapping[str, str]) -> bytes:
    headers = {
        "Content-Type": dice.choice(["application/json", "text/html", "x"]),
        "Content-Length": str(len(body)),
        **more,
    }
    if dice.random() < 0.2:
        headers["Retry-After"] = dice.choice(_PATIENCE)
    if dice.random() < 0.2:
        headers["Location"] = dice.choice(["/api/chat.delete", "http://127.0.0.1:9/", "file:///etc/passwd"])
    if dice.random() < 0.1:
        headers["Content-Encoding"] = dice.choice(["br", "deflate", "gzip", "x, y"])
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {dice.choice(_STATUSES)} X\r\n{lines}\r\n".encode() + body


def _body(dice: random.Random) -> bytes:
    match dice.randrange(5):
        case 0:
            return texts.as_json({"ok": dice.choice([False, "false", 0]), "error": dice.choice(_ERRORS)})
        case 1:
            odd = {dice.choice(["channel", "ts", "team_id", "bot_id", "error"]): dice.choice(_ODD)}
            return texts.as_json({**_ACCEPTED, **odd})
        case 2:
            return texts.as_json(_ACCEPTED) + b" " * dice.choice([10, 2 * _MEBIBYTE])
        case 3:
            return texts.spoilt(dice, texts.as_json(_ACCEPTED), b"<html>" * 50)
        case _:
            return texts.as_json(trees.mutated(dice, dict(_ACCEPTED), dice.choice([1, 2, 4])))


@cache
def _packed() -> bytes:
    """A hundred mebibytes of blanks, as gzip."""
    packer: Any = zlib.compressobj(wbits=31)
    pieces: Sequence[bytes] = [packer.compress(b" " * _MEBIBYTE) for _ in range(100)]
    return b"".join([*pieces, packer.flush()])
