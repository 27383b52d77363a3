"""References of `values.yaml` to Secrets, and what wraps tenants' own keys."""

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


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


class TenantKeys(Part):
    """What wraps tenants' own keys."""

    key: Reference
    sender_key: Reference
    transit: Transit
