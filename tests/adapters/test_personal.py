"""What names a person opens with its key, at its place, and nowhere else."""

from dataclasses import replace
from typing import Final

import pytest

from router.adapters.crypto.personal import PersonalSealer, load_personal_sealer
from router.core.model.alert import TenantId
from router.errors import ConfigurationError
from router.ports.audit import PersonalField, PersonalPart

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
PART: Final = PersonalPart("id-1", TenantId("acme"), PersonalField.DISPLAY)
SEALER: Final = PersonalSealer([NEW])


def test_what_is_sealed_is_opened_and_never_looks_the_same() -> None:
    sealed = [SEALER.seal(PART, "Ana Ruiz") for _ in range(2)]

    assert [SEALER.unseal(PART, one) for one in sealed] == ["Ana Ruiz", "Ana Ruiz"]
    assert sealed[0] != sealed[1]
    assert "Ana" not in "".join(sealed)


@pytest.mark.parametrize(
    "place",
    [
        replace(PART, entry="id-2"),
        replace(PART, tenant=TenantId("blue")),
        replace(PART, tenant=None),
        replace(PART, field=PersonalField.ADDRESS),
    ],
)
def test_at_another_place_it_does_not_open(place: PersonalPart) -> None:
    assert SEALER.unseal(place, SEALER.seal(PART, "Ana")) is None


def test_after_a_rotation_both_open_and_a_key_that_is_given_up_opens_nothing() -> None:
    before, rotated = PersonalSealer([OLD]), PersonalSealer([NEW, OLD])
    old, new = before.seal(PART, "Ana"), rotated.seal(PART, "Ana")

    assert (rotated.unseal(PART, old), rotated.unseal(PART, new)) == ("Ana", "Ana")
    assert (SEALER.unseal(PART, old), before.unseal(PART, new)) == (None, None)


@pytest.mark.parametrize("text", ["", "Ana", "p1", "p1:", "p2:a:b", "p1::AAAA"])
def test_what_is_not_sealed_does_not_open(text: str) -> None:
    assert SEALER.unseal(PART, text) is None


def test_what_was_changed_does_not_open() -> None:
    sealed = SEALER.seal(PART, "Ana")
    for spoilt in (sealed[:-4] + "AAAA", sealed + "!", sealed[:20], sealed[:14]):
        assert SEALER.unseal(PART, spoilt) is None


def test_without_a_key_nothing_is_written_and_nothing_is_opened() -> None:
    without = load_personal_sealer(None, None)

    assert without.seal(PART, "Ana") == ""
    assert without.unseal(PART, SEALER.seal(PART, "Ana")) is None


def test_a_key_that_is_none_is_named_and_not_shown() -> None:
    with pytest.raises(ConfigurationError, match="ALERT_ROUTER_AUDIT__SEALING_KEY") as raised:
        load_personal_sealer("not-a-key", None)
    assert "not-a-key" not in str(raised.value)
