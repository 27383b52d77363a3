"""`docs/bounds.md`: every bound in one table, with the numbers that the code holds."""

from typing import Final

from router.core.model.instant import SECOND
from tools.docs.bound import Bound
from tools.docs.bound_rows import ROWS
from tools.docs.markdown import cell, table

_HEAD: Final = """\
# Bounds

Whatever a sender, a producer, a tenant's file or Slack hands us is bounded: in bytes, in number, or in what it costs.
Each bound is enforced in one place, and tried by the test that its row names: just below, at, and just above.

The defaults are generous: an honest sender meets none of them. Where there is a variable (`ALERT_ROUTER_` and the
name), the bound can be changed, up to the number in brackets; see [Settings](settings.md). A key stands in
[the tenant's file](tenant-file.md). Give gateways and workers the same variables: what a gateway takes and a worker
refuses is dead-lettered. Bytes of texts are bytes of UTF-8. Modules are below `router/`, tests below `tests/`. What
a message shows of a text is mostly shorter still.

This page is generated from the program: `make docs`.
"""

_SIZES: Final = ((1 << 20, "MiB"), (1 << 10, "KiB"))


def page() -> str:
    """The page."""
    head = ["what", "at most", "beyond it", "variable, or key", "enforced in", "test"]
    return f"{_HEAD}\n{table(head, [_row(one) for one in ROWS])}\n"


def _row(bound: Bound) -> list[str]:
    where, _, test = bound.test.partition("::")
    return [
        cell(bound.what),
        _amount(bound.value, bound.unit),
        cell(bound.beyond),
        _variable(bound),
        f"`{(bound.enforced or bound.where).replace('.', '/')}.py`",
        f"`{where}` {test.removeprefix('test_').replace('_', ' ')}",
    ]


def _variable(bound: Bound) -> str:
    if bound.key:
        return f"`{bound.key}`"
    if not bound.setting:
        return ""
    most = f" ({_amount(bound.ceiling, bound.unit)})" if bound.ceiling is not None else ""
    return f"`{bound.setting.upper().replace('.', '__')}`{most}"


def _amount(value: float | str, unit: str) -> str:
    if isinstance(value, str):
        return value
    if unit == "microseconds":
        return f"{value / SECOND:g} seconds"
    for size, name in _SIZES if unit == "bytes" else ():
        if value >= size and value % size == 0:
            return f"{value / size:g} {name}"
    return f"{value:,g} {unit}".strip() if value != int(value) else f"{int(value):,} {unit}".strip()
