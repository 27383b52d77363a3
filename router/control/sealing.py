"""What an operator may do with tenants' own keys: look at them, make the next ones, wrap them again, destroy them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant, Span, to_rfc3339
from router.core.seal.envelope import KeyId, KeyPurpose
from router.core.seal.epochs import alive, current, next_keys, renewed, retired_at
from router.errors import KeyUnavailableError, OperationError
from router.ports.sealing import (
    MAX_EPOCHS,
    Doomed,
    KeyEntry,
    KeyService,
    KeyState,
    Losses,
    SealedValues,
    SenderSecrets,
    StoredKeys,
    Vault,
    Wrapped,
)

_ATTEMPTS: Final = 10
_NO_SERVICE: Final = "no key service is configured here"
NO_KEYS: Final = "they are made once its file has `keys: own` below `platform`"
_AGAIN: Final = "before it takes alerts again: alert-router tenant delete {}, and apply its file again"
_LOSE: Final = "--lose-what-it-sealed destroys the key all the same"
_SET_KEY: Final = (
    "set ALERT_ROUTER_SEALING__KEY, ALERT_ROUTER_TRANSIT__URL or ALERT_ROUTER_AWS_KMS__ID, as gateways and workers"
    " have it"
)


@dataclass(frozen=True, slots=True)
class SealedData:
    """What keys have sealed: values in Redis, what opens them, and for how long topics keep records at most."""

    values: SealedValues
    vault: Vault
    kept: Span


@dataclass(frozen=True, slots=True)
class Rotated:
    """The keys that were made, and by what those of senders are wrapped."""

    keys: Sequence[KeyId]
    sender_secrets: SenderSecrets


class SealingControl:
    """Tenants' keys as they are stored; `fresh` makes the bytes of a key."""

    def __init__(
        self, stored: StoredKeys, service: KeyService | None, fresh: Callable[[], bytes], sealed: SealedData
    ) -> None:
        self._stored = stored
        self._service = service
        self._fresh = fresh
        self._sealed = sealed

    async def tenants(self) -> list[TenantId]:
        """The tenants that have keys, by name."""
        return await self._stored.tenants()

    async def keys(self, tenant: TenantId) -> list[KeyEntry]:
        """A tenant's keys, the newest first."""
        wrapped = await self._stored.of(tenant)
        sealing = set(current(wrapped).values())
        ordered = sorted(wrapped, key=lambda one: (-one.epoch, one.purpose))
        return [
            KeyEntry(one, _state(one, wrapped, sealing), await self._is_newest(tenant, wrapped[one]))
            for one in ordered
        ]

    async def rotate(self, tenant: TenantId) -> Rotated:
        """Make the next key of each purpose but `name`, which has one; those before open what they sealed.

        Raises:
            OperationError: there is no key service here, the tenant has too many keys, or all of them were destroyed,
                or others change them all the time.
            KeyUnavailableError: the key service does not answer, or would wrap a sender's key weaker than it is.
        """
        service = self._needed()
        for _ in range(_ATTEMPTS):
            before = await self._stored.of(tenant)
            if before and not alive(before):
                raise OperationError(f"all keys of tenant {tenant!r} were destroyed", _AGAIN.format(tenant))
            for one in current(before).values():
                await service.keep_apart(tenant, one, before[one])
            made = next_keys(before, renewed(before), await self._stored.now())
            if alive(before) + len(made) > MAX_EPOCHS:
                raise OperationError(f"tenant {tenant!r} has {alive(before)} keys", "destroy the oldest first")
            wrapped = {one: await service.wrap(tenant, one, self._fresh()) for one in made}
            if await self._stored.replace(tenant, before, {**before, **wrapped}):
                return Rotated(made, service.sender_secrets)
        raise _busy(tenant)

    async def rewrap(self, tenant: TenantId) -> int:
        """Wrap a tenant's keys again with the newest key of the key service; how many that were.

        Raises:
            OperationError: as `rotate`.
            KeyUnavailableError: the key service does not answer, or does not have the key that wrapped one.
            UndecipherableError: one was changed.
        """
        service = self._needed()
        for _ in range(_ATTEMPTS):
            before = await self._stored.of(tenant)
            older = [one for one, text in before.items() if text and not await service.is_newest(tenant, text)]
            for one in older:
                await service.keep_apart(tenant, one, before[one])
            again = {
                one: await service.wrap(tenant, one, await service.unwrap(tenant, one, before[one])) for one in older
            }
            if not again or await self._stored.replace(tenant, before, {**before, **again}):
                return len(again)
        raise _busy(tenant)

    async def reseal(self, tenant: TenantId) -> int:
        """Seal with the newest key what others have sealed of a tenant's alert groups; how many values that were.

        Raises:
            OperationError: the tenant has no key that seals.
            KeyUnavailableError: the key service does not answer, or does not have the key that wrapped one.
            UndecipherableError: something does not open.
        """
        newest = current(await self._stored.of(tenant)).get(KeyPurpose.STATE)
        if newest is None:
            raise OperationError(
                f"tenant {tenant!r} has no key that seals", f"see alert-router sealing list {tenant}"
            )
        return await self._sealed.values.reseal(tenant, newest, await self._sealed.vault.keys(tenant))

    async def destroy(self, tenant: TenantId, epoch: int | None, losses: Losses = Losses.REFUSE) -> Sequence[KeyId]:
        """Destroy the retired keys of an epoch, or with None all keys; those that were there.

        All keys go in the key service first: where that fails, they are still there to be destroyed again.

        Raises:
            OperationError: there are no such keys, they seal now, or what an epoch has sealed would be lost.
            KeyUnavailableError: with None, the key service does not answer, or refuses. Nothing was done in Redis.
        """
        for _ in range(_ATTEMPTS):
            before = await self._stored.of(tenant)
            gone = await self._to_destroy(tenant, epoch, losses, before)
            if epoch is None and self._service is not None:
                await self._service.destroy(tenant)
            if await self._stored.replace(tenant, before, {**before, **dict.fromkeys(gone, "")}):
                return gone
        raise _busy(tenant)

    async def doomed(self, tenant: TenantId, epoch: int | None, losses: Losses = Losses.REFUSE) -> Doomed:
        """What `destroy` would destroy now; nothing is done.

        Raises:
            OperationError: as `destroy`.
        """
        gone = await self._to_destroy(tenant, epoch, losses, await self._stored.of(tenant))
        counted = await self._sealed.values.counted(tenant)
        return Doomed(gone, sum(count for key, count in counted.items() if key in set(gone)))

    async def _to_destroy(
        self, tenant: TenantId, epoch: int | None, losses: Losses, before: Wrapped
    ) -> Sequence[KeyId]:
        gone = [one for one, text in before.items() if text and _ends_with(one, epoch)]
        if not gone:
            raise OperationError(f"tenant {tenant!r} has no such key", f"see alert-router sealing list {tenant}")
        if epoch is not None and set(gone) & set(current(before).values()):
            raise OperationError(
                f"a key of epoch {epoch} of tenant {tenant!r} seals now", f"alert-router sealing rotate {tenant}"
            )
        if epoch is not None and losses is Losses.REFUSE:
            await self._refuse_losses(tenant, epoch, before)
        return gone

    async def _refuse_losses(self, tenant: TenantId, epoch: int, wrapped: Wrapped) -> None:
        counted = await self._sealed.values.counted(tenant)
        values = sum(count for key, count in counted.items() if key.epoch == epoch)
        if values:
            raise OperationError(
                f"{values} values of alert groups of tenant {tenant!r} are sealed with epoch {epoch}",
                f"alert-router sealing reseal {tenant} seals them with the newest key; {_LOSE}",
            )
        retired = retired_at(wrapped, epoch)
        until = NEVER if retired is None else Instant(retired + self._sealed.kept)
        if until > await self._stored.now():
            raise OperationError(
                f"topics may keep records that epoch {epoch} has sealed until {to_rfc3339(until)}",
                f"wait until then; {_LOSE}",
            )

    def _needed(self) -> KeyService:
        if self._service is None:
            raise OperationError(_NO_SERVICE, _SET_KEY)
        return self._service

    async def _is_newest(self, tenant: TenantId, text: str) -> bool | None:
        if self._service is None or not text:
            return True
        try:
            return await self._service.is_newest(tenant, text)
        except KeyUnavailableError:
            return None


def _ends_with(key: KeyId, epoch: int | None) -> bool:
    """Whether a key is destroyed with an epoch; one that makes names ends with all keys alone."""
    return epoch is None or (key.epoch == epoch and key.purpose is not KeyPurpose.NAME)


def _state(key: KeyId, wrapped: Wrapped | Mapping[KeyId, str], sealing: set[KeyId]) -> KeyState:
    if not wrapped[key]:
        return KeyState.DESTROYED
    return KeyState.CURRENT if key in sealing else KeyState.RETIRED


def _busy(tenant: TenantId) -> OperationError:
    return OperationError(f"the keys of tenant {tenant!r} are being changed by others", "try again")
