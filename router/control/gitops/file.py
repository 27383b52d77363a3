"""A plan as a file: JSON, for the same release to read again. It has configurations, and so no secrets."""

import json
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from router.config.values import TenantText
from router.control.gitops.plan import Plan, PlannedTenant, Source, Step
from router.control.ownership import Claim
from router.core.model.alert import TenantId
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

FORM: Final = 1


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Tenant(_Part):
    tenant: TenantText
    step: Annotated[Step, BeforeValidator(Step)]
    before: int
    after: int
    file: str
    text: str
    summary: str
    diff: str
    moving: int


class _Plan(_Part):
    form: Literal[1]
    server: str
    source: str
    source_ref: str
    message: str
    claim: Annotated[Claim, BeforeValidator(Claim)]
    tenants: list[_Tenant]


def dumped(plan: Plan) -> str:
    """The plan as the text of a file."""
    return json.dumps(
        {
            "form": FORM,
            "server": plan.server,
            "source": plan.source.name,
            "source_ref": plan.source.ref,
            "message": plan.message,
            "claim": plan.claim,
            "tenants": [_facts(one) for one in plan.tenants],
        },
        indent=2,
        ensure_ascii=False,
    )


def loaded(text: str, name: str) -> Plan:
    """The plan of a file.

    Raises:
        ConfigurationError: it is not one, or not of this release.
    """
    try:
        read = _Plan.model_validate(json.loads(text))
    except (ValidationError, ValueError, RecursionError):
        wrong = "is not a plan of this release; make one: alert-router apply DIR --plan FILE"
        raise ConfigurationError(Diagnostic(wrong, source=name)) from None
    tenants = tuple(_tenant(one) for one in read.tenants)
    return Plan(read.server, Source(read.source, read.source_ref), read.message, read.claim, tenants)


def _facts(one: PlannedTenant) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _Tenant.model_fields}


def _tenant(one: _Tenant) -> PlannedTenant:
    return PlannedTenant(
        TenantId(one.tenant), one.step, one.before, one.after, one.file, one.text, one.summary, one.diff, one.moving
    )
