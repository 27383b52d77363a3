"""What seals tenants' own keys; a docstring below a setting is its line in docs/settings.md."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from router.settings.sections import Section


class SealingSettings(Section):
    """Keys that wrap the tenants' own, each 32 bytes as base64, comma-separated: the first wraps, all unwrap."""

    key: SecretStr | None = None
    """The keys themselves; gateways and workers need them where a tenant's file has `platform.keys: own`."""
    key_file: Path | None = None
    """A file with the keys."""
    service: Literal["file", "transit", "aws-kms"] = "file"
    """What wraps tenants' keys: `file`, the keys of this section, `transit`, OpenBao or Vault by the settings of
    TRANSIT, or `aws-kms`, AWS KMS by those of AWS_KMS. Each that is set unwraps what it has wrapped."""
    sender_key: SecretStr | None = None
    """Other such keys, for workers alone: they wrap what opens bodies that senders have sealed, so that nobody else
    can, gateways neither. Without them those keys are wrapped like all others."""
    sender_key_file: Path | None = None
    """A file with these."""
    rotate_days: float = Field(default=30, gt=0, le=366)
    """For how many days a key of a tenant seals; then workers make the next one, and the old one opens what it
    sealed."""
