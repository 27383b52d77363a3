"""Where a word is found in what engines keep in files: Redis' dump and append-only file, PostgreSQL, logs."""

import base64
import re
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import psycopg

from router.adapters.redis.forms.form3 import _COMMON
from tests.e2e.record import ControlPlane
from tests.waiting import eventually

PERSISTENT: Final = (
    "--appendonly", "yes", "--rdbcompression", "no", "--aof-use-rdb-preamble", "no",
    "--auto-aof-rewrite-percentage", "0",
)  # fmt: skip
"""A Redis that keeps all that was written, in files whose strings can be read."""

_PACKED: Final = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")
_HEX: Final = re.compile(rb"\\\\x([0-9a-f]{8,})")
_TABLES: Final = "select relname from pg_class where relnamespace = 'control'::regnamespace and relkind = 'r'"


async def written_again(redis: Any) -> None:
    """The dump is written, and the append-only file as if everything were written once, now."""
    await redis.execute_command("BGREWRITEAOF")

    async def is_done() -> bool:
        info = await redis.info("persistence")
        return not info["aof_rewrite_in_progress"] and not info["aof_rewrite_scheduled"]

    await eventually(is_done, every_s=0.05)
    await redis.execute_command("SAVE")
    assert (await redis.info("persistence"))["aof_last_bgrewrite_status"] == "ok"


def in_redis_files(folder: Path, word: bytes) -> set[str]:
    """`dump` and `append-only file`, where the word is in them, in clear or packed as our values are."""
    files = {"dump": [folder / "dump.rdb"], "append-only file": sorted((folder / "appendonlydir").glob("*.aof"))}
    return {place for place, paths in files.items() if any(_holds(one.read_bytes(), word) for one in paths)}


async def in_tables(plane: ControlPlane, word: bytes) -> set[str]:
    """The tables of the record, as a dump has them, where the word is in them."""
    return {f"table {name}" async for name, dump in _dumped(plane) if any(word in one for one in _texts(dump))}


async def audited(plane: ControlPlane, *words: bytes) -> list[str]:
    """The audit entries that hold all of these words."""
    async with await psycopg.AsyncConnection.connect(plane.postgres.url("postgres")) as connection:
        rows = await (await connection.execute("select entry from control.audit order by seq")).fetchall()
    return [bytes(row[0]).decode() for row in rows if all(word in bytes(row[0]) for word in words)]


def in_logs(paths: Iterable[Path], word: bytes) -> set[str]:
    """The logs that the word is in, by what wrote them."""
    return {f"log {one.stem}" for one in paths if word in one.read_bytes()}


async def _dumped(plane: ControlPlane) -> AsyncIterator[tuple[str, bytes]]:
    async with await psycopg.AsyncConnection.connect(plane.postgres.url("postgres")) as connection:
        names = [row[0] for row in await (await connection.execute(_TABLES)).fetchall()]
        for name in names:
            async with connection.cursor().copy(f"copy control.{name} to stdout".encode()) as copy:
                yield name, b"".join([bytes(part) async for part in copy])


def _texts(dump: bytes) -> Iterator[bytes]:
    """A table as text, and what its columns of bytes hold."""
    yield dump
    yield from (bytes.fromhex(found[1].decode()[: len(found[1]) // 2 * 2]) for found in _HEX.finditer(dump))


def _holds(content: bytes, word: bytes) -> bool:
    return word in content or any(word in one for found in _PACKED.finditer(content) for one in _opened(found[0]))


def _opened(packed: bytes) -> Iterator[bytes]:
    """What a run of base64 holds, wherever it begins, deflated or not."""
    bare = packed.rstrip(b"=")
    for start in range(5):
        part = bare[start:]
        inner = base64.b64decode(part[: len(part) // 4 * 4])
        yield inner
        try:
            yield zlib.decompressobj(-15, zdict=_COMMON).decompress(inner)
        except zlib.error:
            continue
