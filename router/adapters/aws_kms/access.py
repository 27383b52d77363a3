"""Which keys of KMS there are for us, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KmsAccess:
    """Keys by id, ARN or alias: the first wraps, all unwrap. `endpoint` stands in for AWS' own of the region."""

    keys: tuple[str, ...]
    region: str
    endpoint: str | None = None
