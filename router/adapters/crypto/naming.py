"""Names of alerts, which whoever has the tenant's key can read: AES-256-SIV (RFC 5297), the same each time.

An alert's id is found by its name, and many ids are read where nothing else is stored: so names are encrypted ids.
"""

from base64 import b64decode, b64encode
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from router.core.model.alert import AlertId
from router.core.seal.names import MARK, NameOf, Names

_ALERT: Final = b"alert"
_KEY_BYTES: Final = 64
_REMEMBERED: Final = 2_048
"""Names of one tenant: most alerts come again."""


class TenantNames:
    """Makes and reads the names of one tenant."""

    def __init__(self, secret: bytes) -> None:
        self._names = Names(secret)
        self._siv = AESSIV(self._names.subkey(_ALERT, _KEY_BYTES))
        self.of_alert = lru_cache(_REMEMBERED)(self._of_alert)
        self.alert_of = lru_cache(_REMEMBERED)(self._alert_of)

    def of_record(self, key: bytes | None) -> bytes | None:
        """The key of a record in place of one that is a digest; any other as it is."""
        return self._names.of_record(key)

    def of_key(self, kind: NameOf, digest: str) -> str:
        """What stands in place of a digest of labels."""
        return self._names.of_key(kind, digest)

    def _of_alert(self, alert: AlertId) -> str:
        """The name of an alert."""
        return MARK + b64encode(self._siv.encrypt(alert.encode(errors="surrogatepass"), None)).decode()

    def _alert_of(self, name: str) -> AlertId:
        """The alert with that name.

        Raises:
            ValueError: it is not a name of this tenant.
        """
        try:
            alert = self._siv.decrypt(b64decode(name.removeprefix(MARK), validate=True), None)
        except InvalidTag:
            raise ValueError("not a name of this tenant") from None
        return AlertId(alert.decode(errors="surrogatepass"))
