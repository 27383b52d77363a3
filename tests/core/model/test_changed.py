"""A changed value is what `dataclasses.replace` makes of it."""

import dataclasses

import pytest

from router.core.model.changed import replace
from router.core.model.group import MessageRef
from router.core.model.instant import Instant
from router.core.model.phase import Idle
from tests.core.builders import a_group


def test_fields_that_are_named_change_and_others_stay() -> None:
    group = a_group(rev=3, message=MessageRef("C1", "1.2"), firing=2)
    changed = replace(group, rev=4, phase=Idle(Instant(5)), message=None)
    assert changed == dataclasses.replace(group, rev=4, phase=Idle(Instant(5)), message=None)
    assert group.rev == 3


def test_a_value_of_one_field_changes() -> None:
    assert replace(Idle(Instant(5)), look_at=Instant(6)) == Idle(Instant(6))


def test_nothing_named_is_a_copy() -> None:
    group = a_group(rev=3)
    assert replace(group) == group


def test_another_name_than_a_fields_is_refused() -> None:
    with pytest.raises(KeyError):
        replace(a_group(), colour="red")  # type: ignore[call-arg]
