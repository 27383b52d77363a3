"""What wraps tenants' keys, made from the settings."""

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import SecretStr

from router.adapters.crypto.key_file import FORM as FILE
from router.adapters.crypto.key_file import KEY, SENDER_KEY, FileKeys
from router.adapters.crypto.ring import load_ring
from router.adapters.crypto.sender_keys import KeysOfSendersApart
from router.adapters.crypto.services import KeyServices
from router.adapters.transit.access import Credential, LoginMethod, TransitAccess
from router.adapters.transit.keys import FORM as TRANSIT
from router.adapters.transit.keys import TransitKeys
from router.app.aws_kms import aws_kms
from router.app.trust import trust_of
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError
from router.ports.sealing import KeyService, SenderSecrets, Wrapping
from router.settings import Settings, TransitSettings

_TRANSIT: Final = "ALERT_ROUTER_TRANSIT"
AWS_KMS: Final = "k1"
"""The form of what AWS KMS wraps; its adapter is imported where the extra `aws` is needed."""
_CHOICES: Final = {
    "file": (FILE, KEY),
    "transit": (TRANSIT, f"{_TRANSIT}__URL"),
    "aws-kms": (AWS_KMS, "ALERT_ROUTER_AWS_KMS__ID"),
}
"""By SEALING__SERVICE: the form of what it wraps, and the setting that it needs."""
_MOUNTS: Final = {LoginMethod.TOKEN: "", LoginMethod.APPROLE: "approle", LoginMethod.JWT: "kubernetes"}


def key_service(settings: Settings) -> KeyService | None:
    """What wraps tenants' keys, and unwraps them; None where none is configured.

    Raises:
        ConfigurationError: its keys cannot be read, or what it needs is not set.
    """
    keys = load_ring(KEY, _text(settings.sealing.key), settings.sealing.key_file)
    of_senders = load_ring(SENDER_KEY, _text(settings.sealing.sender_key), settings.sealing.sender_key_file)
    services = _by_form(settings, keys)
    if not services and of_senders:
        raise ConfigurationError(Diagnostic("is set, but nothing that wraps all other keys", source=SENDER_KEY))
    if not services:
        return None
    others = KeyServices(services)
    if not of_senders:
        return KeysOfSendersApart(others, KeyServices(_of_all(services, keys)), SenderSecrets.WITH_OTHERS)
    return KeysOfSendersApart(others, KeyServices({**_first(of_senders, keys), **_besides(services)}))


def _first(of_senders: Sequence[bytes], keys: Sequence[bytes]) -> dict[str, Wrapping]:
    return {FILE: FileKeys((*of_senders, *keys), SENDER_KEY)}


def _of_all(services: Mapping[str, Wrapping], keys: Sequence[bytes]) -> dict[str, Wrapping]:
    """The same services; where they lack a sender's key, it may belong to workers alone."""
    of_file = {FILE: FileKeys(keys, f"{SENDER_KEY} or {KEY}")} if keys else {}
    return {form: of_file.get(form, service) for form, service in services.items()}


def _besides(services: Mapping[str, Wrapping]) -> dict[str, Wrapping]:
    """What has wrapped keys of senders before they had one of their own."""
    return {form: service for form, service in services.items() if form != FILE}


def _by_form(settings: Settings, keys: Sequence[bytes]) -> dict[str, Wrapping]:
    """What is configured, by the form of what it wraps: the first wraps."""
    made: dict[str, Wrapping | None] = {
        FILE: FileKeys(keys) if keys else None,
        TRANSIT: _transit(settings.transit),
        AWS_KMS: aws_kms(settings.aws_kms),
    }
    found = {form: service for form, service in made.items() if service is not None}
    chosen, setting = _CHOICES[settings.sealing.service]
    if chosen in found:
        return {chosen: found[chosen], **found}
    if chosen != FILE:
        name = settings.sealing.service
        raise ConfigurationError(Diagnostic(f"is not set, and SEALING__SERVICE is {name}", source=setting))
    if found:
        raise _not_chosen(next(iter(found)))
    return {}


def _not_chosen(form: str) -> ConfigurationError:
    [(name, setting)] = [(name, setting) for name, (one, setting) in _CHOICES.items() if one == form]
    why = f"is set, but no {KEY}; set ALERT_ROUTER_SEALING__SERVICE to {name}"
    return ConfigurationError(Diagnostic(why, source=setting))


def _text(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


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
    trust = trust_of(settings.ca_file, f"{_TRANSIT}__CA_FILE")
    return TransitKeys(TransitAccess(settings.url.rstrip("/"), settings.mount, credential, trust))


_NO_CREDENTIAL: Final = "is not set; it holds the token, the secret id or the JWT to log in with"
