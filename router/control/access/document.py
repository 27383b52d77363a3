"""The access document as written: whose tokens are taken, own roles, and who has which role for which tenants."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from router.config.document.appearance import Section
from router.config.document.tenant import version_number
from router.control.access.permissions import Permission
from router.control.access.texts import (
    ExactText,
    ExactTexts,
    IssuerUrlText,
    MomentText,
    NameText,
    NetworkTexts,
    TenantTexts,
    not_empty,
)


class IssuerKind(StrEnum):
    """Who has the tokens of an issuer."""

    USER = "user"
    WORKLOAD = "workload"


class Algorithm(StrEnum):
    """Signatures that are taken; none of them has a secret that both sides know."""

    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"
    PS256 = "PS256"
    PS384 = "PS384"
    PS512 = "PS512"
    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    EDDSA = "EdDSA"


class Need(StrEnum):
    """What a condition asks."""

    REQUIRED = "required"


class MfaEntry(Section):
    """By what tokens of an issuer show that there was a second factor; one of these is enough."""

    acr: tuple[ExactText, ...] = Field(default=(), examples=[["https://refeds.org/profile/mfa"]])
    """Values of the claim `acr`."""
    amr: tuple[ExactText, ...] = Field(default=(), examples=[["mfa", "hwk"]])
    """Values among those of the claim `amr`."""


class IssuerEntry(Section):
    """An issuer of tokens, by OpenID Connect."""

    name: NameText = Field(examples=["company"])
    """What bindings call it."""
    url: IssuerUrlText = Field(examples=["https://login.example.com/realms/company"])
    """Its address as it stands in the claim `iss`, letter by letter; its keys are found by discovery."""
    audience: ExactText = Field(examples=["alert-router"])
    """What must stand in the claim `aud`: tokens for other programs are refused."""
    kind: IssuerKind = Field(default=IssuerKind.USER, examples=["user", "workload"])
    """Whether people have its tokens, or pipelines and services, which cannot approve and have no second factor."""
    algorithms: Annotated[tuple[Algorithm, ...], AfterValidator(not_empty)] = Field(
        default=(Algorithm.RS256, Algorithm.ES256), examples=[["RS256"]]
    )
    """The signatures that are taken."""
    subject: ExactText = Field(default="sub", examples=["sub"])
    """The claim that names whose token it is; it must never be given to somebody else."""
    groups: ExactText = Field(default="groups", examples=["groups"])
    """The claim that lists the groups of a person."""
    mfa: MfaEntry | None = Field(default=None, examples=[{"amr": ["mfa"]}])
    """By what its tokens show a second factor; unset, no binding can ask for one."""


class RoleEntry(Section):
    """A role of your own: a part of a built-in one."""

    name: NameText = Field(examples=["deployer"])
    """What bindings call it."""
    part_of: str = Field(examples=["editor"])
    """The built-in role that it is a part of: it never holds more."""
    permissions: Annotated[tuple[Permission, ...], AfterValidator(not_empty)] = Field(
        examples=[["configuration.read", "configuration.write"]]
    )
    """What it holds."""


class WhoEntry(Section):
    """For whom a binding is: what stands here must all be so, letter by letter."""

    issuer: str = Field(examples=["company"])
    """The name of an issuer."""
    subject: ExactText | None = Field(default=None, examples=["8d3f0c1e"])
    """One person or one workload."""
    group: ExactText | None = Field(default=None, examples=["alert-operators"])
    """All who are in this group."""
    claims: Mapping[ExactText, ExactTexts] = Field(default={}, examples=[{"repository": ["acme/alerts"]}])
    """Claims, each with the values of which it must hold one; only texts count, no numbers, no true or false."""


class BindingConditions(Section):
    """What must be so besides, for a binding to count."""

    mfa: Need | None = Field(default=None, examples=["required"])
    """Whether the login must have had a second factor, as the issuer's `mfa` shows it."""
    networks: NetworkTexts | None = Field(default=None, examples=[["10.0.0.0/8", "fd00::/8"]])
    """Where requests must come from; anywhere by default."""
    until: MomentText | None = Field(default=None, examples=["2027-01-31T18:00:00Z"])
    """When it ends, for what is wanted for a while; never by default."""


class BindingEntry(Section):
    """A role for some people, for some tenants."""

    name: NameText = Field(examples=["operators"])
    """What denials and the audit log call it."""
    role: str = Field(examples=["operator"])
    """A built-in role, or one of `roles`."""
    tenants: TenantTexts = Field(examples=[["acme"], ["*"]])
    """Ids of tenants; `"*"` is all of them, also those to come, and what concerns no single tenant."""
    who: WhoEntry = Field(examples=[{"issuer": "company", "group": "alert-operators"}])
    """For whom."""
    conditions: BindingConditions = BindingConditions()
    """What must be so besides."""


class ConditionsRule(Section):
    """What must be so for everybody, whatever their binding."""

    four_eyes: tuple[Permission, ...] = Field(default=(), examples=[["platform.write", "access.write"]])
    """What one may only propose: it takes effect when a second person with the same permission approves. What cannot
    be proposed is denied to everybody."""


class AccessDocument(Section):
    """Who may do what through the control API."""

    version: Annotated[Literal[1], BeforeValidator(version_number)] = Field(examples=[1])
    """The form of this document."""
    issuers: tuple[IssuerEntry, ...] = Field(
        examples=[[{"name": "company", "url": "https://login.example.com", "audience": "alert-router"}]]
    )
    """Whose tokens are taken."""
    roles: tuple[RoleEntry, ...] = ()
    """Roles of your own, besides the built-in ones."""
    bindings: tuple[BindingEntry, ...] = Field(
        examples=[
            [
                {
                    "name": "operators",
                    "role": "operator",
                    "tenants": ["*"],
                    "who": {"issuer": "company", "group": "alert-operators"},
                }
            ]
        ]
    )
    """Who has which role. What is bound nowhere is denied."""
    conditions: ConditionsRule = ConditionsRule()
    """What must be so for everybody."""
