"""KMS as botocore asks it, which waits for the answer: for threads alone.

Credentials are found in all of AWS' ways, and renewed, by botocore. Where there are none now they are looked for
again with the next request, since the service that gives them out may have been away.
"""

import threading
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from botocore.session import Session

from router.adapters.aws_kms.access import KmsAccess

_ATTEMPTS: Final = {"total_max_attempts": 1, "mode": "standard"}

_FORMS: Final = ("service-2", "endpoint-rule-set-1")


class Operation(StrEnum):
    """What KMS is asked for, by the names of botocore's methods."""

    ENCRYPT = "encrypt"
    DECRYPT = "decrypt"
    DESCRIBE = "describe_key"


class KmsClient:
    """Asks once, on a connection of its own; each of its steps, STS' answer included, has `within_s` seconds."""

    def __init__(self, access: KmsAccess, within_s: float, session: Session | None = None) -> None:
        self._access = access
        self._session = session or Session()
        bounds = Config(connect_timeout=within_s, read_timeout=within_s, retries=_ATTEMPTS)
        self._session.set_default_client_config(bounds)
        self._session.set_config_variable("region", access.region)
        self._read_forms()
        self._making = threading.Lock()
        self._made: Any = None

    def ask(self, operation: Operation, parameters: Mapping[str, object]) -> Mapping[str, Any]:
        """What KMS answers.

        Raises:
            ClientError: KMS, or who gives out credentials, refuses.
            BotoCoreError: it does not answer, or there are no credentials.
        """
        found: Mapping[str, Any] = getattr(self._client(), operation)(**parameters)
        return found

    def _read_forms(self) -> None:
        """What takes botocore longest, before anybody waits: a tenth of a second."""
        loader = self._session.get_component("data_loader")
        for form in _FORMS:
            loader.load_service_model("kms", form)
        loader.load_data("endpoints")

    def _client(self) -> Any:  # noqa: ANN401 - botocore makes its classes while it runs
        with self._making:
            if self._made is None:
                self._made = self._new()
            return self._made

    def _new(self) -> Any:  # noqa: ANN401 - same
        if self._session.get_credentials() is None:
            raise NoCredentialsError
        where = {"region_name": self._access.region, "endpoint_url": self._access.endpoint}
        client = self._session.create_client("kms", config=Config(ignore_configured_endpoint_urls=True), **where)
        client.meta.events.register("before-send.kms", _close_after)
        return client


def _close_after(request: AWSRequest, **_: object) -> None:
    """Keys are asked for rarely: a connection that was kept would have been forgotten on the way."""
    request.headers["Connection"] = "close"
