"""Which of a tenant's keys seals, which only open, and which come next."""

from collections.abc import Iterable, Mapping

from router.core.model.instant import Instant, Span
from router.core.seal.envelope import KeyId, KeyPurpose


def current(wrapped: Mapping[KeyId, str]) -> dict[KeyPurpose, KeyId]:
    """By purpose the newest key, where that one was not destroyed: an older one never seals again."""
    newest = dict[KeyPurpose, KeyId]()
    for key in sorted(wrapped, key=lambda one: one.epoch):
        newest[key.purpose] = key
    return {purpose: key for purpose, key in newest.items() if wrapped[key]}


def alive(wrapped: Mapping[KeyId, str]) -> int:
    """How many were not destroyed."""
    return sum(1 for text in wrapped.values() if text)


def lacking(wrapped: Mapping[KeyId, str]) -> list[KeyPurpose]:
    """The purposes for which there never was a key; names are made from a tenant's first key on, or not by itself.

    Processes of a release before there were names do not find what is named, and the tenant has keys from them.
    """
    there = {key.purpose for key in wrapped}
    return [one for one in KeyPurpose if one not in there and not (there and one is KeyPurpose.NAME)]


def renewed(wrapped: Mapping[KeyId, str]) -> list[KeyPurpose]:
    """The purposes that get a key when somebody rotates them: `name` where there is none."""
    has_names = any(text and key.purpose is KeyPurpose.NAME for key, text in wrapped.items())
    return [one for one in KeyPurpose if not (has_names and one is KeyPurpose.NAME)]


def worn(wrapped: Mapping[KeyId, str], now: Instant, life: Span) -> list[KeyPurpose]:
    """The purposes whose current key has sealed for as long as one may."""
    used = current(wrapped).items()
    return [purpose for purpose, key in used if now - key.epoch >= life and purpose is not KeyPurpose.NAME]


def retired_at(wrapped: Mapping[KeyId, str], epoch: int) -> Instant | None:
    """When the keys of an epoch sealed last: the next ones of their purposes were made then; None while one seals."""
    later = [
        min((one.epoch for one in wrapped if one.purpose is key.purpose and one.epoch > epoch), default=None)
        for key in wrapped
        if key.epoch == epoch and key.purpose is not KeyPurpose.NAME
    ]
    known = [one for one in later if one is not None]
    return Instant(max(known)) if known and len(known) == len(later) else None


def next_keys(wrapped: Mapping[KeyId, str], purposes: Iterable[KeyPurpose], now: Instant) -> list[KeyId]:
    """A new key for each purpose, newer than all that there ever were."""
    epoch = max([now, *(key.epoch + 1 for key in wrapped)])
    return [KeyId(purpose, epoch) for purpose in purposes]
