"""Dead letters that are noted as they are appended again: none without an entry, and a request is claimed once."""

from dataclasses import replace

import pytest

from router.control.letters.letter import DeadLetter, Origin
from router.control.letters.noted import NotedLetters
from router.core.model.alert import TenantId
from router.errors import PayloadError, RouterError, UnavailableError
from router.ports.audit import Action, Entry, Outcome
from router.ports.idempotency import Claim
from tests.adapters.builders import ACME, NOON
from tests.control.audit.builders import an_entry


def a_letter(offset: int) -> DeadLetter:
    origin = Origin("alerts.inbound", 0, offset)
    return DeadLetter(
        f"alerts.inbound-0-{offset}", ACME, "not_json", "parse", "no", origin, NOON, NOON, None, b"{", (),
        is_whole=True, is_batch=False,
    )  # fmt: skip


class Noting:
    """What was noted, and what was appended."""

    def __init__(self, claim: Claim | None = None, fails: RouterError | None = None) -> None:
        self.entries = list[Entry]()
        self.appended = 0
        self._claim, self._fails = claim, fails
        self.letters = NotedLetters(self._note, self._attempt)

    async def take(self, *offsets: int) -> None:
        for offset in offsets:
            await self.letters.append(ACME, a_letter(offset), self._append)

    def _attempt(self, action: Action, tenant: TenantId, resource: str) -> Entry:
        return replace(an_entry(), action=action, tenant=tenant, resource=resource, claim=self._claim)

    async def _note(self, entry: Entry) -> None:
        self.entries.append(entry)

    async def _append(self) -> None:
        if self._fails is not None:
            raise self._fails
        self.appended += 1


async def test_each_letter_has_an_entry_and_the_request_is_claimed_with_the_first() -> None:
    claim = Claim(ACME, "key", "digest")
    noting = Noting(claim)
    await noting.take(1, 2)
    assert noting.appended == 2
    assert [(one.action, one.resource, one.claim) for one in noting.entries] == [
        (Action.DEADLETTER_REDRIVE, "dead-letter/alerts.inbound-0-1", claim),
        (Action.DEADLETTER_REDRIVE, "dead-letter/alerts.inbound-0-2", None),
    ]


async def test_a_request_for_all_tenants_is_claimed_by_an_entry_of_none() -> None:
    claim = Claim(None, "key", "digest")
    noting = Noting(claim)
    await noting.take(1, 2)
    assert [(one.tenant, one.claim) for one in noting.entries] == [("*", claim), (ACME, None), (ACME, None)]


@pytest.mark.parametrize("fails", [UnavailableError("Kafka is away"), PayloadError("too_large", "larger")])
async def test_a_letter_that_was_noted_and_not_appended_is_noted_as_that(fails: RouterError) -> None:
    noting = Noting(fails=fails)
    with pytest.raises(type(fails)):
        await noting.take(1)
    assert [one.outcome for one in noting.entries] == [Outcome.DONE, Outcome.FAILED]
