"""The use of a sender's token is stored at most once a minute, whatever the number of requests."""

from collections.abc import Collection, Mapping

from router.core.model.alert import TenantId
from router.core.model.token import token_digest
from router.ports.tenants import TokenChanges
from router.roles.gateway.authenticate import SenderTokens

ACME = TenantId("acme")


class Tokens:
    """One good token; remembers what was stored."""

    def __init__(self) -> None:
        self.noted: list[set[str]] = []

    async def tenant_of(self, digest: str) -> TenantId | None:
        return ACME if digest == token_digest("good") else None

    async def all(self) -> dict[str, TenantId]:
        return {token_digest("good"): ACME}

    async def changed_since(self, sequence: int) -> TokenChanges:
        return TokenChanges({}, sequence, stored=1, complete=True, generation="first", doubtful=False)

    async def bring_back(self, tokens: Mapping[str, TenantId]) -> None:
        raise AssertionError("nothing was lost")

    async def note_uses(self, digests: Collection[str]) -> None:
        self.noted.append(set(digests))


async def test_uses_are_stored_once_a_minute_and_only_of_good_tokens() -> None:
    stored, now_s = Tokens(), [0.0]
    senders = SenderTokens(stored, lambda: now_s[0])
    await senders.load()

    for second in range(120):
        now_s[0] = float(second)
        for token in ("good", "good", "bad"):
            await senders.tenant_of(token)
        await senders.note_uses()
    now_s[0] = 1000.0
    await senders.note_uses()
    await senders.note_uses()

    assert stored.noted == [{token_digest("good")}] * 3
