"""What the program logs is read from its source, however the place writes it."""

import pytest

from tools.docs.log_calls import LogCall, calls_in
from tools.docs.logs import with_table


def calls(*lines: str) -> list[LogCall]:
    return calls_in("\n".join(["def note(self, is_bad):", *(f"    {line}" for line in lines)]))


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["_log.info('a', tenant=1)"], [LogCall("a", ("info",), ("tenant",))]),
        (["_log().warning('a')"], [LogCall("a", ("warning",), ())]),
        (["structlog.get_logger('router').error('a')"], [LogCall("a", ("error",), ())]),
        (["self._log.error('a', exc_info=error)"], [LogCall("a", ("error",), ("exception",))]),
        (["self.log.exception('a', tenant=1)"], [LogCall("a", ("error",), ("tenant", "exception"))]),
        (
            ["self._log.info('a' if is_bad else 'b')"],
            [LogCall("a", ("info",), ()), LogCall("b", ("info",), ())],
        ),
        (["event = 'a'", "_log.info(event)"], [LogCall("a", ("info",), ())]),
        (
            ["log = _log.warning if is_bad else _log.info", "log('a')"],
            [LogCall("a", ("warning", "info"), ())],
        ),
        (["more = {'x': 1}", "_log.info('a', **more)"], [LogCall("a", ("info",), ("x",))]),
        (["poll(1, self.look, 'a_waits')"], [LogCall("a_waits", ("warning",), ("error", "times"))]),
        (["self.catalog.info('a')", "print('b')", "problem.error('c')"], []),
    ],
)
def test_event_level_and_fields_are_found(lines: list[str], found: list[LogCall]) -> None:
    assert calls(*lines) == found


def test_an_event_whose_name_does_not_stand_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"_log\.info\(event\)"):
        calls("_log.info(event)")


PAGE = """# Logs

<!-- events -->
| event | level | fields | meaning |
| --- | --- | --- | --- |
| `gone` | info |  | Nothing. |
| `kept` | info | `old` | See `remedy`. |
<!-- end -->
"""


def test_the_page_keeps_meanings_and_has_what_is_logged_now() -> None:
    written = with_table(
        PAGE, [LogCall("kept", ("warning", "info"), ("tenant",)), LogCall("kept", ("error",), ("x",))]
    )

    assert "| `kept` | info, warning, error | `tenant`, `x` | See `remedy`. |\n<!-- end -->" in written
    assert "gone" not in written


def test_an_event_without_a_meaning_is_refused() -> None:
    with pytest.raises(ValueError, match="fresh"):
        with_table(PAGE, [LogCall("fresh", ("info",), ())])
