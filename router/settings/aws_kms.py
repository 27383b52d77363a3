"""The key service in AWS; a docstring below a setting is its line in docs/settings.md."""

from typing import Final

from pydantic import Field

from router.settings.sections import Section

_KEYS: Final = r"^[A-Za-z0-9:/_-]{1,2048}(,[A-Za-z0-9:/_-]{1,2048}){0,7}$"


class AwsKmsSettings(Section):
    """Keys of AWS KMS that wrap the tenants' own, by the extra `aws`; credentials are found as by AWS' tools."""

    id: str | None = Field(default=None, pattern=_KEYS)
    """Symmetric keys by id, ARN or alias (`alias/NAME`), comma-separated: the first wraps, all unwrap.
    Eight at most."""
    region: str | None = Field(default=None, pattern="^[a-z0-9-]+$")
    """The region that they are in: by default that of the first key's ARN, else AWS_DEFAULT_REGION, or the
    profile's."""
    endpoint: str | None = None
    """Another address than the region's own, such as that of a VPC endpoint, https://HOST; no variable of AWS' tools
    changes it."""
    allow_plain: bool = False
    """Whether it may be asked over plain HTTP on another machine: the network is trusted."""
