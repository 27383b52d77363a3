"""Files with keys and tokens that more can read than must: logged at the start, since nothing else would show it."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import structlog

from router.adapters.environment import files_named
from router.app.compose import Base
from router.settings import Settings

_REMEDY: Final = "chmod 600 the file, or 640 where a group reads it; in Kubernetes set defaultMode of the volume"


def warn_of_open_files(base: Base) -> None:
    """Log each file with a secret that every user of this machine may read."""
    log: structlog.stdlib.BoundLogger = structlog.get_logger("router.app")
    for variable, file in {**dict(_of_settings(base.settings)), **files_named(base.environment)}.items():
        if _is_open(file):
            log.warning("secret_file_open", variable=variable, file=str(file), remedy=_REMEDY)


def _of_settings(settings: Settings) -> Iterator[tuple[str, Path]]:
    named = {
        "SECRETS__KEY_FILE": settings.secrets.key_file,
        "SEALING__KEY_FILE": settings.sealing.key_file,
        "TRANSIT__CREDENTIAL_FILE": settings.transit.credential_file,
        "SEALING__SENDER_KEY_FILE": settings.sealing.sender_key_file,
        "SIGNING__KEY_FILE": settings.signing.key_file,
        "AUDIT__KEY_FILE": settings.audit.key_file,
        "AUDIT__SEALING_KEY_FILE": settings.audit.sealing_key_file,
        "OPERATOR__TOKEN_FILE": settings.operator.token_file,
        "GATEWAY__TLS_KEY": settings.gateway.tls_key,
    }
    yield from ((f"ALERT_ROUTER_{name}", file) for name, file in named.items() if file is not None)


def _is_open(file: Path) -> bool:
    try:
        return bool(file.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False
