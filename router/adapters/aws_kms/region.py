"""The region of AWS' own configuration."""

from botocore.exceptions import BotoCoreError
from botocore.session import Session

from router.diagnostic import Diagnostic
from router.errors import ConfigurationError


def configured_region() -> str | None:
    """As AWS' tools find it: AWS_DEFAULT_REGION, or the profile's.

    Raises:
        ConfigurationError: AWS' files cannot be read, or have no such profile.
    """
    try:
        found = Session().get_config_variable("region")
    except BotoCoreError as error:
        raise ConfigurationError(Diagnostic(str(error), source="AWS_PROFILE, AWS_CONFIG_FILE")) from None
    return str(found) if found else None
