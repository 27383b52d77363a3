"""Signing what is stored: what is unsigned or signed by an older key, nothing that is wrong, and each is named."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest

from router.adapters.crypto.signing import SigningRing
from router.control.signing import Report, SigningControl
from router.errors import ConfigurationError
from router.ports.signing import SignedRow, Standing
from tests.adapters.test_sealing import NEW

RING = SigningRing([NEW])


@dataclass
class Rows:
    """Stored values by name; those `in_motion` are always changed meanwhile."""

    standing: Mapping[str, Standing]
    in_motion: frozenset[str] = frozenset()
    signed: list[str] = field(default_factory=list)

    async def signed_rows(self) -> AsyncIterator[SignedRow]:
        for name, standing in self.standing.items():
            yield SignedRow(name, ("key", name), "", standing)

    async def sign(self, row: SignedRow) -> bool:
        if row.name in self.in_motion:
            return False
        self.signed.append(row.name)
        return True


def all_standings() -> Rows:
    return Rows({standing.value: standing for standing in Standing})


async def test_what_can_be_signed_is_signed_and_what_is_wrong_is_left_and_named() -> None:
    rows = all_standings()

    report = await SigningControl(RING, [rows]).sign()

    left = ("signature_wrong: signature_wrong", "key_unknown: key_unknown")
    assert report == Report(RING.newest, ("older_key", "unsigned"), 1, left)
    assert rows.signed == ["older_key", "unsigned"]


async def test_a_plan_names_the_same_and_signs_nothing() -> None:
    rows = all_standings()
    control = SigningControl(RING, [rows])

    assert await control.plan() == await SigningControl(RING, [all_standings()]).sign()
    assert rows.signed == []


async def test_what_was_changed_meanwhile_is_named_to_be_signed_again() -> None:
    rows = Rows({"a": Standing.UNSIGNED, "b": Standing.UNSIGNED}, in_motion=frozenset("a"))

    report = await SigningControl(RING, [rows]).sign()

    assert (report.signed, report.left) == (("b",), ("a: changed meanwhile; sign again",))


async def test_without_a_key_nothing_is_signed_and_the_setting_is_named() -> None:
    rows = all_standings()

    for attempt in (SigningControl(None, [rows]).sign, SigningControl(None, [rows]).plan):
        with pytest.raises(ConfigurationError, match="ALERT_ROUTER_SIGNING__KEY"):
            await attempt()
    assert rows.signed == []
