"""What wraps tenants' keys, made from the settings."""

import ssl
from contextlib import suppress
from pathlib import Path
from typing import Final

from router.adapters.crypto.key_file import FORM as FILE
from router.adapters.crypto.key_file import load_file_keys
from router.adapters.crypto.services import KeyServices
from router.adapters.transit.access import Credential, LoginMethod, TransitAccess
from router.adapters.transit.keys import FORM as TRANSIT
from router.adapters.transit.keys import TransitKeys
from router.config.files import read_text
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError
from router.ports.sealing import KeyService
from router.settings import Settings, TransitSettings

_TRANSIT: Final = "ALERT_ROUTER_TRANSIT"
_MOUNTS: Final = {LoginMethod.TOKEN: "", LoginMethod.APPROLE: "approle", LoginMethod.JWT: "kubernetes"}


def key_service(settings: Settings) -> KeyService | None:
    """What wraps tenants' keys, and unwraps them; None where none is configured.

    Raises:
        ConfigurationError: its keys cannot be read, or what it needs is not set.
    """
    key = settings.sealing.key
    found: dict[str, KeyService | None] = {
        FILE: load_file_keys(key.get_secret_value() if key else None, settings.sealing.key_file),
        TRANSIT: _transit(settings.transit),
    }
    if settings.sealing.service == "transit":
        if found[TRANSIT] is None:
            raise ConfigurationError(
                Diagnostic("is not set, and SEALING__SERVICE is transit", source=f"{_TRANSIT}__URL")
            )
        found = dict(reversed(found.items()))
    elif found[FILE] is None and found[TRANSIT] is not None:
        raise ConfigurationError(
            Diagnostic(
                "is set, but no ALERT_ROUTER_SEALING__KEY; set ALERT_ROUTER_SEALING__SERVICE to transit",
                source=f"{_TRANSIT}__URL",
            )
        )
    there = {form: service for form, service in found.items() if service is not None}
    return KeyServices(there) if there else None


def _transit(settings: TransitSettings) -> TransitKeys | None:
    if settings.url is None:
        return None
    method = LoginMethod(settings.login)
    if settings.credential_file is None:
        raise ConfigurationError(Diagnostic(_NO_CREDENTIAL, source=f"{_TRANSIT}__CREDENTIAL_FILE"))
    if method is not LoginMethod.TOKEN and not settings.role:
        raise ConfigurationError(Diagnostic(f"is not set, and LOGIN is {method}", source=f"{_TRANSIT}__ROLE"))
    mount = settings.login_mount or _MOUNTS[method]
    credential = Credential(method, settings.credential_file, mount, settings.role or "")
    return TransitKeys(TransitAccess(settings.url.rstrip("/"), settings.mount, credential, _trust(settings.ca_file)))


_NO_CREDENTIAL: Final = "is not set; it holds the token, the secret id or the JWT to log in with"


def _trust(file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if file is None:
        return context
    text = read_text(file).strip()
    with suppress(ValueError, ssl.SSLError):
        if text:
            context.load_verify_locations(cadata=text)
            return context
    raise ConfigurationError(Diagnostic(f"{file} has no PEM certificates", source=f"{_TRANSIT}__CA_FILE"))
