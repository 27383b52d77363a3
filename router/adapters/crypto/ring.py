"""Rings of keys as they are configured: the first key is used, all are accepted; that is how keys are rotated.

A key is 32 bytes as base64; several are separated by commas or white space. No error here shows a key.
"""

import base64
import hashlib
import os
import re
from pathlib import Path
from typing import Final

from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

KEY_BYTES: Final = 32
ID_LENGTH: Final = 8
"""Characters of the id of a key."""

_SEPARATOR: Final = re.compile(r"[,\s]+")
_HOW: Final = "make one with `alert-router secret key`"


def fresh_key() -> str:
    """A new random key as it is configured."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def key_id(key: bytes) -> str:
    """By what a key is named where it was used; it tells nothing about the key."""
    return hashlib.sha256(b"alert-router key id\0" + key).hexdigest()[:ID_LENGTH]


def load_ring(setting: str, key: str | None, key_file: Path | None) -> tuple[bytes, ...]:
    """The keys of a setting, or of the file that the setting with `_FILE` names; none where neither is set.

    Raises:
        ConfigurationError: both are set, the file cannot be read, or what they hold is not a key.
    """
    in_file = f"{setting}_FILE"
    if key is not None and key_file is not None:
        raise ConfigurationError(f"{setting} and {in_file} are both set; keep one")
    if key is not None:
        return _read_keys(key, setting)
    if key_file is None:
        return ()
    source = f"{in_file}: {key_file}"
    return _read_keys(_content(key_file, source), source)


def _read_keys(text: str, source: str) -> tuple[bytes, ...]:
    texts = [part for part in _SEPARATOR.split(text) if part]
    if not texts:
        raise ConfigurationError(Diagnostic(f"holds no key; {_HOW}", source=source))
    return tuple(_read_key(part, number, source) for number, part in enumerate(texts, 1))


def _read_key(text: str, number: int, source: str) -> bytes:
    try:
        key = base64.b64decode(text, altchars=b"-_" if set(text) & set("-_") else None, validate=True)
    except ValueError:
        raise ConfigurationError(Diagnostic(f"key {number} is not base64; {_HOW}", source=source)) from None
    if len(key) != KEY_BYTES:
        message = f"key {number} has {len(key)} bytes, not {KEY_BYTES}; {_HOW}"
        raise ConfigurationError(Diagnostic(message, source=source))
    return key


def _content(path: Path, source: str) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise ConfigurationError(Diagnostic(error.strerror or str(error), source=source)) from None
    except UnicodeDecodeError:
        raise ConfigurationError(Diagnostic(f"key 1 is not base64; {_HOW}", source=source)) from None
