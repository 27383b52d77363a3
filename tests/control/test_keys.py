"""API keys: what is asked for is checked before one is made."""

import pytest

from router.control.access.principal import Identity, Principal, PrincipalKind
from router.control.keys import LONGEST, MAX_KEYS_OF_ONE, KeyControl, KeyRequest
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Instant, Span
from router.core.model.token import token_digest
from router.errors import ConfigurationError, OperationError
from router.ports.identity import ApiKey, NewKey
from tests.bounds import tries

ANA = Principal(Identity("https://issuer.example", "ana"), PrincipalKind.USER)
NOW = Instant(1_000)


class FakeKeys:
    """Keys in memory."""

    def __init__(self) -> None:
        self.stored: list[NewKey] = []

    async def find(self, digest: str) -> ApiKey | None:
        return next((one for one in self.stored if one.digest == digest), None)

    async def live(self, tenant: TenantId | None) -> list[ApiKey]:
        return [one for one in self.stored if one.tenant == tenant]

    async def add(self, key: NewKey) -> None:
        self.stored.append(key)

    async def revoke(self, tenant: TenantId | None, id_: str) -> bool:
        return False


def request(lasts: int = HOUR, *networks: str) -> KeyRequest:
    return KeyRequest(TenantId("acme"), "editor", "ci", networks, Span(lasts))


async def test_a_key_is_stored_as_its_digest_with_who_made_it_and_ends_with_what_its_maker_may() -> None:
    keys = FakeKeys()
    control = KeyControl(keys, lambda: NOW)
    text, made = await control.create(request(), ANA, until=None)
    _, shorter = await control.create(request(), ANA, until=Instant(NOW + 5))

    assert text.startswith("ark_")
    assert await keys.find(token_digest(text)) == made
    assert (made.maker, made.maker_issuer, made.expires_at) == ("ana", "https://issuer.example", NOW + HOUR)
    assert shorter.expires_at == NOW + 5
    assert text not in repr(keys.stored)


@pytest.mark.parametrize(
    "wanted", [request(0), request(LONGEST + 1), request(HOUR, "10.0.0.1/8"), request(HOUR, "x")]
)
async def test_a_key_that_would_last_too_long_or_in_no_network_is_not_made(wanted: KeyRequest) -> None:
    keys = FakeKeys()
    with pytest.raises(ConfigurationError):
        await KeyControl(keys, lambda: NOW).create(wanted, ANA, None)
    assert keys.stored == []


@tries("API keys of one tenant, or of the installation")
async def test_there_are_so_many_keys_at_most(beyond: int) -> None:
    control = KeyControl(FakeKeys(), lambda: NOW)
    for _ in range(MAX_KEYS_OF_ONE - 1 + beyond):
        await control.create(request(), ANA, None)
    if beyond > 0:
        with pytest.raises(OperationError):
            await control.create(request(), ANA, None)
    else:
        await control.create(request(), ANA, None)
