"""What names a person in an entry: sealed before it is written, so that giving up a key makes it unreadable.

The tree commits to what is sealed, so every proof stays whole without the key.
"""

from dataclasses import replace
from typing import Final

from router.ports.audit import Entry, PersonalField, PersonalPart, Seal, Unseal

SEALED: Final = "(sealed)"
"""What is shown of a part that cannot be opened."""


def sealed(entry: Entry, seal: Seal) -> Entry:
    """The entry as it is written."""
    return _changed(entry, seal)


def opened(entry: Entry, unseal: Unseal) -> Entry:
    """The entry as it is shown."""
    return _changed(entry, lambda part, text: SEALED if (found := unseal(part, text)) is None else found)


def _changed(entry: Entry, change: Seal) -> Entry:
    def of(field: PersonalField, text: str) -> str:
        return change(PersonalPart(entry.id, entry.tenant, field), text) if text else ""

    return replace(
        entry,
        actor=replace(entry.actor, display=of(PersonalField.DISPLAY, entry.actor.display)),
        origin=replace(entry.origin, address=of(PersonalField.ADDRESS, entry.origin.address)),
    )
