"""AWS KMS as a key service, made from the settings: nothing of botocore is imported before a key is named."""

import importlib.util
from typing import Final

from router.diagnostic import Diagnostic
from router.errors import ConfigurationError
from router.ports.sealing import Wrapping
from router.settings import AwsKmsSettings

_SECTION: Final = "ALERT_ROUTER_AWS_KMS"
_NOT_INSTALLED: Final = "needs botocore, which is not installed here: pip install 'alert-router[aws]'"
_NO_REGION: Final = "is not set, the key's name has none, and AWS' own configuration neither"
_ARN_PARTS: Final = 6
_REGION: Final = 3
"""Of arn:aws:kms:REGION:ACCOUNT:key/ID."""


def aws_kms(settings: AwsKmsSettings) -> Wrapping | None:
    """What wraps with KMS; None where no key is named.

    Raises:
        ConfigurationError: the extra is not installed, or no region is known.
    """
    if settings.id is None:
        return None
    if importlib.util.find_spec("botocore") is None:
        raise ConfigurationError(Diagnostic(_NOT_INSTALLED, source=f"{_SECTION}__ID"))
    from router.adapters.aws_kms.access import KmsAccess
    from router.adapters.aws_kms.keys import KmsKeys

    keys = tuple(settings.id.split(","))
    return KmsKeys(KmsAccess(keys, settings.region or _of_arn(keys[0]) or _found(), settings.endpoint))


def _of_arn(key: str) -> str:
    parts = key.split(":")
    return parts[_REGION] if len(parts) == _ARN_PARTS else ""


def _found() -> str:
    from router.adapters.aws_kms.region import configured_region

    region = configured_region()
    if region is None:
        raise ConfigurationError(Diagnostic(_NO_REGION, source=f"{_SECTION}__REGION"))
    return region
