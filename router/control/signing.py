"""Sign what is stored: once where an installation begins to, and again with each new key."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from router.errors import ConfigurationError
from router.ports.signing import SignedRow, SignedRows, Signing, Standing

_TO_SIGN: Final = {Standing.UNSIGNED, Standing.OLDER_KEY}
_NO_KEY: Final = "no key is configured: set ALERT_ROUTER_SIGNING__KEY or ALERT_ROUTER_SIGNING__KEY_FILE"


@dataclass(frozen=True, slots=True)
class Report:
    """What signing has done, or would do: the names of what is signed now, of what is left as it is, and a count."""

    key: str
    signed: tuple[str, ...]
    unchanged: int
    left: tuple[str, ...]


class SigningControl:
    """What an operator may do with signatures."""

    def __init__(self, signing: Signing | None, kinds: Sequence[SignedRows]) -> None:
        self._signing = signing
        self._kinds = kinds

    async def plan(self) -> Report:
        """What `sign` would do; nothing is stored.

        Raises:
            ConfigurationError: there is no key to sign with.
        """
        rows = [row async for _, row in self._rows()]
        return self._report(rows, [row.name for row in rows if row.standing in _TO_SIGN], [])

    async def sign(self) -> Report:
        """Sign what has no signature, or one by an older key; what has a wrong one is left, and named.

        Raises:
            ConfigurationError: there is no key to sign with.
        """
        rows, signed, changed = list[SignedRow](), list[str](), list[str]()
        async for kind, row in self._rows():
            rows.append(row)
            if row.standing in _TO_SIGN:
                (signed if await kind.sign(row) else changed).append(row.name)
        return self._report(rows, signed, [f"{name}: changed meanwhile; sign again" for name in changed])

    async def _rows(self) -> AsyncIterator[tuple[SignedRows, SignedRow]]:
        self._key()
        for kind in self._kinds:
            async for row in kind.signed_rows():
                yield kind, row

    def _report(self, rows: Sequence[SignedRow], signed: Sequence[str], changed: Sequence[str]) -> Report:
        wrong = [f"{row.name}: {row.standing}" for row in rows if row.standing not in {*_TO_SIGN, Standing.SIGNED}]
        unchanged = sum(row.standing is Standing.SIGNED for row in rows)
        return Report(self._key(), tuple(signed), unchanged, (*wrong, *changed))

    def _key(self) -> str:
        if self._signing is None:
            raise ConfigurationError(f"{_NO_KEY}, here and for every role; `alert-router secret key` makes one")
        return self._signing.newest
