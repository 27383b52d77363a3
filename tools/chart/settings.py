"""Which settings `values.yaml` of the chart may hold, and which the chart sets itself."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, create_model

from router.settings import Settings
from router.settings.sections import Section

SET_BY_THE_CHART: Final = frozenset(
    {
        "KAFKA__INSTANCE_ID", "KAFKA__POOLS", "KAFKA__SASL_PASSWORD", "KAFKA__SSL_CAFILE", "REDIS__URL",
        "SECRETS__KEY", "SECRETS__KEY_FILE", "SIGNING__KEY", "SIGNING__KEY_FILE",
        "SEALING__KEY", "SEALING__KEY_FILE", "SEALING__SENDER_KEY", "SEALING__SENDER_KEY_FILE", "SEALING__SERVICE",
        "TRANSIT__URL", "TRANSIT__CA_FILE", "TRANSIT__LOGIN", "TRANSIT__ROLE", "TRANSIT__CREDENTIAL_FILE",
        "AWS_KMS__ID", "AWS_KMS__REGION",
        "GATEWAY__HOST", "GATEWAY__PORT", "GATEWAY__OPERATIONS_PORT", "WORKER__HOST", "WORKER__PORT", "WORKER__POOL",
        "GATEWAY__TLS_CERTIFICATE", "GATEWAY__TLS_KEY", "GATEWAY__TLS_CLIENT_CA",
        "OPERATOR__TOKEN", "OPERATOR__TOKEN_FILE",
        "POSTGRES__URL", "POSTGRES__PROJECTOR_URL", "POSTGRES__MIGRATOR_URL", "PROJECTOR__HOST", "PROJECTOR__PORT",
        "CONTROL__HOST", "CONTROL__PORT", "CONTROL__OPERATIONS_PORT",
        "CONTROL__ACCESS_FILE", "CONTROL__ISOLATION_FILE", "CONTROL__ISSUERS_CA_FILE",
        "AUDIT__URL", "AUDIT__KEY", "AUDIT__KEY_FILE", "AUDIT__SEALING_KEY", "AUDIT__SEALING_KEY_FILE",
    }
)  # fmt: skip
"""Settings that are no values: secrets, files, addresses, names of workers."""
NOT_OF_THE_CHART: Final = ("EMULATOR__", "TEMPLATES_DIR", "LOCALES_DIR", "SERVER", "TOKEN", "CA_FILE")
"""How names begin of what is of programs and files that the image does not have, or of commands that ask a server."""


def _settings() -> type[BaseModel]:
    """A model with a field for each setting that may be a value, none of them wanted."""
    fields: dict[str, Any] = {}
    for section, one in Settings.model_fields.items():
        kind = one.annotation
        below = kind.model_fields if isinstance(kind, type) and issubclass(kind, Section) else {"": one}
        fields |= {"__".join(filter(None, (section, name))).upper(): field for name, field in below.items()}
    wanted: dict[str, Any] = {
        name: (field.annotation, field)
        for name, field in fields.items()
        if name not in SET_BY_THE_CHART and not name.startswith(NOT_OF_THE_CHART)
    }
    made: type[BaseModel] = create_model("ByName", __config__=ConfigDict(extra="forbid"), **wanted)
    return made


class ChartSettings(_settings()):  # type: ignore[misc]  # made from the settings
    """Settings by the names of docs/settings.md, without ALERT_ROUTER_."""
