"""What an issuer publishes, within bounds of bytes and time: its discovery document and its keys.

No redirect is followed and no proxy of the environment is used: keys come from the address that an operator trusts,
or from the one that it names, both over TLS except on this machine.
"""

import asyncio
import json
import ssl
import warnings
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

from router.adapters.oidc.verifying import Key, Keys
from router.errors import UnavailableError
from router.http.bounded import TooMuchError, body_of

MAX_PUBLISHED: Final = 256 * 1024
"""Bytes of a discovery document or a set of keys."""

MAX_KEYS: Final = 100
"""Keys of one issuer that are read."""

_TIMEOUT_S: Final = 5.0
_KINDS: Final[Mapping[str, type[Key]]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_DISCOVERY: Final = "/.well-known/openid-configuration"


class Fetching:
    """Asks issuers over one session; `trust` is what their certificates are held against."""

    def __init__(self, trust: ssl.SSLContext) -> None:
        self._trust = trust
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()

    async def keys(self, issuer: str) -> Keys:
        """The keys that an issuer signs with now, by their ids.

        Raises:
            UnavailableError: it does not answer in time, not in this form, or with another's document.
        """
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                published = await self._published(issuer.rstrip("/") + _DISCOVERY)
                if published.get("issuer") != issuer:
                    raise UnavailableError("the issuer's discovery document is of another issuer")
                return keys_in(await self._published(str(published.get("jwks_uri"))))
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError):
            raise UnavailableError(
                "the issuer's certificate is not trusted",
                "name who signed it in ALERT_ROUTER_CONTROL__ISSUERS_CA_FILE",
            ) from None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError) as error:
            raise UnavailableError(f"the issuer does not answer: {type(error).__name__}") from None

    async def _published(self, url: str) -> Mapping[str, object]:
        if not is_safe(url):
            raise UnavailableError("the issuer's keys are not to be had over TLS")
        async with self._opened().get(url, allow_redirects=False) as response:
            if response.status != 200:
                raise UnavailableError(f"the issuer answers with HTTP {response.status}")
            try:
                body = await body_of(response, MAX_PUBLISHED)
            except TooMuchError:
                raise UnavailableError(f"the issuer's answer is larger than {MAX_PUBLISHED} bytes") from None
        found = json.loads(body)
        if not isinstance(found, dict):
            raise UnavailableError("the issuer's answer is not of the form of OpenID Connect")
        return found

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._trust),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept": "application/json", "Accept-Encoding": "identity"},
                auto_decompress=False,
                trust_env=False,
            )
        return self._session


def is_safe(url: str) -> bool:
    """Whether nobody on the way can put keys of their own in place: by TLS, or because there is no way."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme != "http" or not parts.hostname:
        return False
    try:
        return ip_address(parts.hostname).is_loopback
    except ValueError:
        return parts.hostname == "localhost"


def keys_in(published: Mapping[str, object]) -> Keys:
    """The public keys for signatures in a set of keys; what is weak, or for something else, is left out."""
    listed = published.get("keys")
    some = listed[:MAX_KEYS] if isinstance(listed, list) else []
    return {str(one.get("kid", "")): key for one in some if isinstance(one, dict) and (key := _key(one)) is not None}


def _key(one: Mapping[str, object]) -> Key | None:
    kind = _KINDS.get(str(one.get("kty")))
    if kind is None or one.get("use", "sig") != "sig":
        return None
    texts = {name: value for name, value in one.items() if isinstance(value, (str, list))}
    try:
        with warnings.catch_warnings(action="error", category=SecurityWarning):
            return kind.import_key(texts)
    except (JoseError, SecurityWarning, ValueError, TypeError):
        return None
