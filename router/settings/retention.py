"""For how long what is stored is kept; a docstring below a setting is its line in docs/settings.md."""

from pydantic import Field

from router.settings.sections import Section


class RetentionSettings(Section):
    """For how long is kept what no other setting speaks of: docs/retention.md names what ends each."""

    inbound_hours: int = Field(default=48, ge=25)
    """Hours of bodies in the inbound topics, also bound ones and those of events: 24 are of use."""
    held_hours: int = Field(default=48, ge=25)
    """Hours of records that wait for their tenant."""
    dead_letter_days: int = Field(default=14, ge=1)
    """Days of dead letters."""
    events_days: int = Field(default=30, ge=1)
    """Days of events; a loss of Redis is put together from them."""
    idempotency_hours: int = Field(default=24, ge=1)
    """Hours in which a request that comes twice is answered as before: those with an `Idempotency-Key`."""
    audit_days: int = Field(default=400, ge=1)
    """Days of audit entries, at least: nothing deletes them."""
