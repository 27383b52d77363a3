"""TLS of a server: from files that are read again when they change, and whom a client's certificate names.

A certificate is renewed every few weeks by somebody else's program. Files are looked at when a connection comes, once
a second at most. New ones that cannot be used leave the old ones in place, and are tried again until they can.
"""

import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import structlog
from cryptography import x509

from router.errors import ConfigurationError
from router.observe.incident import Incident

_LOOK_EACH_S: Final = 1.0
_NAMES: Final = frozenset({"DNS", "URI"})
_REMEDY: Final = "name PEM files: the certificate with its chain, and its key without a passphrase"
_log = structlog.get_logger("router.http")


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files; with `client_ca` clients may show a certificate, which this authority must have signed."""

    certificate: Path
    key: Path
    client_ca: Path | None = None

    def state(self) -> tuple[tuple[int, int, int] | None, ...]:
        """What changes when one of them does."""
        return tuple(_state(one) for one in self.paths())

    def paths(self) -> Sequence[Path]:
        """All of them, the certificate first."""
        return [self.certificate, self.key, *([self.client_ca] if self.client_ca is not None else [])]


@dataclass(frozen=True, slots=True)
class _Loaded:
    context: ssl.SSLContext
    expires: datetime


class ServerTls:
    """What a server shows its clients, as the files are now."""

    def __init__(self, files: TlsFiles, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        """Read the files.

        Raises:
            ConfigurationError: they cannot be used.
        """
        self._files = files
        self._monotonic_s = monotonic_s
        self._looked_s = monotonic_s()
        self._state = files.state()
        self._unusable = Incident()
        try:
            self._loaded = _load(files)
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"TLS cannot be set up: {_reason(error)}; {_REMEDY}") from None

    @property
    def expires(self) -> datetime:
        """Until when the certificate is good."""
        return self._loaded.expires

    def context(self) -> ssl.SSLContext:
        """For one more connection."""
        now_s = self._monotonic_s()
        if now_s - self._looked_s >= _LOOK_EACH_S:
            self._looked_s = now_s
            self._look()
        return self._loaded.context

    def _look(self) -> None:
        state = self._files.state()
        if state == self._state:
            return
        try:
            self._loaded = _load(self._files)
        except (OSError, ValueError) as error:
            if self._unusable.happens(str(state)):
                _log.error("tls_not_read_again", error=_reason(error), remedy=_REMEDY, expires=self._text())
            return
        self._state = state
        self._unusable.ends()
        _log.info("tls_read_again", expires=self._text())

    def _text(self) -> str:
        return self.expires.isoformat()


def names_of(connection: ssl.SSLObject | None) -> frozenset[str]:
    """The DNS names and URIs of a client's certificate, which the client CA has signed; none without one."""
    shown: dict[str, Any] = (connection.getpeercert() if connection is not None else None) or {}
    names = shown.get("subjectAltName", ())
    return frozenset(name.lower() if kind == "DNS" else name for kind, name in names if kind in _NAMES)


def _load(files: TlsFiles) -> _Loaded:
    certificate, *_ = [one.read_bytes() for one in files.paths()]  # OpenSSL does not name the file that is not there
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(files.certificate, files.key, password=lambda: "")
    if files.client_ca is not None:
        context.load_verify_locations(files.client_ca)
        context.verify_mode = ssl.CERT_OPTIONAL
    return _Loaded(context, x509.load_pem_x509_certificate(certificate).not_valid_after_utc)


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def _reason(error: Exception) -> str:
    """What went wrong and where, never what the files hold."""
    if isinstance(error, ssl.SSLError):
        return f"the certificate and the key do not fit, or one cannot be read ({error.reason or 'no PEM'})"
    if isinstance(error, OSError):
        return f"{error.filename or 'a file'}: {error.strerror or error}"
    return "the certificate cannot be read"
