"""What names a person stands sealed in an entry, and is shown to whoever can open it."""

from dataclasses import replace

from router.adapters.crypto.personal import PersonalSealer
from router.control.audit.personal import SEALED, opened, sealed
from router.ports.audit import Actor, ActorKind, Interface, Origin
from tests.control.audit.builders import an_entry

KEYS = PersonalSealer([bytes(32)])


def test_who_has_the_key_reads_what_was_written_and_nobody_else() -> None:
    written = sealed(an_entry(), KEYS.seal)

    assert opened(written, KEYS.unseal) == an_entry()
    shown = opened(written, PersonalSealer([]).unseal)
    assert (shown.actor.display, shown.origin.address) == (SEALED, SEALED)
    assert shown.actor.subject == an_entry().actor.subject


def test_what_is_empty_stays_empty() -> None:
    nobody = replace(an_entry(), actor=Actor(ActorKind.SYSTEM, "projector"), origin=Origin(Interface.CONTROL))

    assert sealed(nobody, KEYS.seal) == opened(nobody, KEYS.unseal) == nobody
