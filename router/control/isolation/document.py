"""The isolation policy as written: levels, and which tenant has which."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from router.config.document.appearance import Section
from router.config.document.tenant import version_number
from router.config.values import TemplateText, TenantText
from router.control.isolation.dimensions import NOT_BUILT, Budget, Data, Topic


class LevelEntry(Section):
    """How far a tenant is kept apart from others."""

    refused: ClassVar[Mapping[str, str]] = NOT_BUILT

    name: TemplateText = Field(examples=["bound"])
    """What tenants and `default` call it."""
    data: Data = Field(default=Data.SHARED, examples=["shared"])
    """Where its data is."""
    budget: Budget = Field(default=Budget.OWN, examples=["own"])
    """Whose limits it uses up."""
    topic: Topic = Field(default=Topic.SHARED, examples=["shared", "own"])
    """Where its records wait; `own` needs a topic for it in `ALERT_ROUTER_KAFKA__BOUND_TOPICS`."""


class IsolationPolicy(Section):
    """How far tenants are kept apart, by level."""

    version: Annotated[Literal[1], BeforeValidator(version_number)] = Field(examples=[1])
    """The form of this document."""
    levels: tuple[LevelEntry, ...] = Field(examples=[[{"name": "shared"}, {"name": "bound", "topic": "own"}]])
    """All levels that there are."""
    default: str = Field(examples=["shared"])
    """The level of tenants that are not named."""
    tenants: Mapping[TenantText, str] = Field(default={}, examples=[{"acme": "bound"}])
    """Tenants with another level, by their ids."""
