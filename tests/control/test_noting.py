"""What commands do beside the record is noted while the audit log answers, and is done while it does not."""

import pytest

from router.control.noting import UnlessAway
from router.core.model.alert import TenantId
from router.errors import UnavailableError
from router.ports.audit import Action, Entry
from tests.adapters.postgres.recording import attempt


class Log:
    """Keeps entries, until it is away."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.asked = 0
        self.is_away = False

    async def note(self, tenant: TenantId | None, entry: Entry) -> None:
        self.asked += 1
        if self.is_away:
            raise UnavailableError("PostgreSQL: gone")
        self.entries.append(entry)


def entry() -> Entry:
    return attempt(Action.SILENCE_ADD, TenantId("acme"), "silence/x")


async def test_entries_are_appended_while_the_log_answers() -> None:
    log, warnings = Log(), list[str]()
    noting, made = UnlessAway(log, warnings.append), entry()
    await noting.note(made)
    assert (log.entries, warnings) == ([made], [])


async def test_a_log_that_is_away_is_warned_of_once_and_asked_no_more() -> None:
    log, warnings = Log(), list[str]()
    noting, log.is_away = UnlessAway(log, warnings.append), True
    for _ in range(3):
        await noting.note(entry())
    assert (log.asked, len(warnings), "PostgreSQL: gone" in warnings[0]) == (1, 1, True)


async def test_any_other_failure_is_one() -> None:
    class Wrong(Log):
        async def note(self, tenant: TenantId | None, entry: Entry) -> None:
            raise LookupError

    with pytest.raises(LookupError):
        await UnlessAway(Wrong(), print).note(entry())
