"""The figures of the house as a table: a row a room, and one for all."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import ceil
from typing import Final

from tools.house.budgets import FUNCTION_LINES, import_cycle
from tools.house.source import Module

_HEAD: Final = (
    "room", "files", "lines", "file: median", "p90", "max",
    "functions", "lines: median", "p90", "max", f"> {FUNCTION_LINES}", "parameters: max",
)  # fmt: skip


def table(modules: Sequence[Module]) -> str:
    """The table, and a line on import cycles."""
    rows = [list(map(str, row)) for row in (_HEAD, *_rows(modules))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([*lines, f"import cycles: {'1 or more' if import_cycle(modules) else 0}"])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    figures = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join([row[0].ljust(widths[0]), *figures])


def _rows(modules: Sequence[Module]) -> Iterator[Sequence[str | int]]:
    for room, inside in groupby(sorted(modules, key=_room), key=_room):
        yield _row(room, list(inside))
    yield _row("all", modules)


def _room(module: Module) -> str:
    """`router/core` and its siblings, a package beside the service, `tools` or `bench`."""
    parts = module.path.parts
    depth = 1 if parts[0] in {"tools", "bench"} else 2
    return "/".join(parts[:depth] if len(parts) > depth else parts[:1])


def _row(room: str, modules: Sequence[Module]) -> Sequence[str | int]:
    files = [module.lines for module in modules]
    functions = [function for module in modules for function in module.functions]
    lengths = [function.lines for function in functions]
    long = sum(length > FUNCTION_LINES for length in lengths)
    widest = max((function.parameters for function in functions), default=0)
    return [room, len(files), sum(files), *_spread(files), len(functions), *_spread(lengths), long, widest]


def _spread(values: Sequence[int]) -> tuple[int, int, int]:
    """Median, ninetieth percentile and maximum, each a value that occurs; zeros for no values."""
    ordered = sorted(values) or [0]
    return ordered[ceil(len(ordered) * 0.5) - 1], ordered[ceil(len(ordered) * 0.9) - 1], ordered[-1]
