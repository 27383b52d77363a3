"""References of `values.yaml` to Secrets, and what wraps tenants' own keys."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

_ROLE: Final = r"^(arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+)?$"


class Part(BaseModel):
    """Of the values: nothing unknown, names in camel case."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, use_attribute_docstrings=True)


class Reference(Part):
    """A Secret of the cluster and its key; without a name, none."""

    name: str = ""
    key: str = Field(default="", pattern=r"^[-._a-zA-Z0-9]*$")


class WantedReference(Reference):
    """One that must be there."""

    name: str = Field(default="", min_length=1)


class Transit(Part):
    """OpenBao or Vault, and the roles that pods log in with."""

    url: str = Field(pattern=r"^(https?://[^/]+)?$")
    gateway_role: str = Field(min_length=1)
    worker_role: str = Field(min_length=1)


class AwsKms(Part):
    """AWS KMS, and the roles of IAM that pods take."""

    key: str = Field(pattern=r"^[A-Za-z0-9:/_,-]*$")
    region: str = Field(pattern=r"^[a-z0-9-]*$")
    gateway_role: str = Field(pattern=_ROLE)
    worker_role: str = Field(pattern=_ROLE)


class TenantKeys(Part):
    """What wraps tenants' own keys."""

    key: Reference
    sender_key: Reference
    transit: Transit
    aws_kms: AwsKms
