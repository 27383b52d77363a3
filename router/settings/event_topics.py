"""Topics that Alertmanagers write their events to, and whose they are."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class EventAlertsSettings(BaseModel):
    """Whose events are alerts as well."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    receiver: str = Field(min_length=1, max_length=249)


class EventTopicSettings(BaseModel):
    """Whose events a topic holds: one tenant's, or by the value of a label those of several."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["alertmanager-events"] = "alertmanager-events"
    tenant: str | None = None
    label: str | None = None
    tenants: dict[str, str] = Field(default_factory=dict)
    alerts: EventAlertsSettings | None = None

    @model_validator(mode="after")
    def _is_bound_once(self) -> Self:
        by_label = bool(self.label and self.tenants)
        if bool(self.tenant) == by_label or bool(self.label) != bool(self.tenants):
            raise ValueError('name a "tenant", or a "label" and its "tenants" by value')
        return self
