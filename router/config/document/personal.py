"""Where alerts name people, as a tenant writes it down."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from router.config.document.appearance import Section
from router.config.suggestion import quoted
from router.config.values import WordText

MAX_PERSONAL: Final = 20
"""Names in one list of `personal`: the values of each are looked at for people whose data is erased."""


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) > MAX_PERSONAL:
        raise ValueError(f"has {len(names)} entries; at most {MAX_PERSONAL} are allowed")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{quoted(twice)} is given twice; keep one")
    return names


PersonalNames = Annotated[tuple[WordText, ...], AfterValidator(_names)]


class PersonalRule(Section):
    """Where alerts name people: what is exported and erased of a person, and stands in no log and no event."""

    labels: PersonalNames = Field(default=(), examples=[["user"]])
    """Labels whose values name a person."""
    annotations: PersonalNames = Field(default=(), examples=[["customer_email"]])
    """Annotations that name a person, in every language."""
