"""Pins of public keys: what a sender knows by another way than from the gateway that offers the key.

A pin is `sha256:` and the SHA-256 of the public key of one suite, as HPKE writes it, in hexadecimal.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from router.core.seal.sent import PublicKeys, Suite

_FORM: Final = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


class NotPinnedError(ValueError):
    """None of the keys that are offered is pinned. Its text names what is offered and what is pinned."""


def pin_of(key: bytes) -> str:
    """The pin of a public key."""
    return f"sha256:{hashlib.sha256(key).hexdigest()}"


def is_pin(text: str) -> bool:
    """Whether it is one."""
    return _FORM.fullmatch(text) is not None


def read_pins(text: str) -> frozenset[str]:
    """The pins of a file: the last word of each line, so that what `sealing pin` prints is one; `#` begins a comment.

    Raises:
        ValueError: a line has none, or there is no line.
    """
    pins = frozenset(_pins(text))
    if not pins:
        raise ValueError("has no pin")
    return pins


def pinned(offered: Sequence[PublicKeys], suite: Suite, pins: frozenset[str]) -> PublicKeys:
    """The newest of the keys offered that is pinned.

    Raises:
        NotPinnedError: there is none.
    """
    known = {pin_of(key): keys for keys in reversed(offered) if (key := keys.of(suite)) is not None}
    for pin, keys in reversed(known.items()):
        if pin in pins:
            return keys
    newest = next(reversed(known), "no key at all")
    raise NotPinnedError(f"the gateway offers {newest} for {suite.label}, and pinned is {_listed(pins)}")


def _pins(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if not is_pin(words[-1]):
            raise ValueError(f"line {number} does not end in a pin, which is sha256: and 64 hexadecimal digits")
        yield words[-1]


def _listed(pins: Iterable[str]) -> str:
    return " or ".join(sorted(pins))
