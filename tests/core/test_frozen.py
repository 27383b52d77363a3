"""A `@frozen` value is what a frozen dataclass with slots is, and is made in less time."""

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from router.core.frozen import frozen
from router.core.model.group import AlertGroup
from tests.core.builders import a_group


@frozen
class Point:
    """With a field that has no default, one that has, and one with a default of its own for each value."""

    east: int
    north: int = 7
    seen: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Usual:
    """The same as `dataclass` makes it."""

    east: int
    north: int = 7
    seen: list[str] = field(default_factory=list)


def test_values_are_equal_where_their_fields_are() -> None:
    assert Point(1) == Point(east=1, north=7, seen=[])
    assert Point(1) != Point(1, 8)
    assert repr(Point(1)).endswith("Point(east=1, north=7, seen=[])")
    assert type(Point(1)) is Point


def test_nobody_changes_a_value() -> None:
    value = Point(1)
    with pytest.raises(FrozenInstanceError):
        value.east = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del value.north
    with pytest.raises((AttributeError, TypeError)):
        value.west = 3  # type: ignore[attr-defined]
    assert value == Point(1)


def test_what_a_factory_makes_is_of_one_value_alone() -> None:
    assert Point(1).seen is not Point(1).seen


@pytest.mark.parametrize("arguments", [(), (1, 2, [], 4)])
def test_it_takes_the_arguments_of_a_dataclass(arguments: tuple[object, ...]) -> None:
    for made in (Point, Usual):
        with pytest.raises(TypeError, match="argument"):
            made(*arguments)  # type: ignore[arg-type]


def test_it_is_copied_pickled_and_replaced_as_a_dataclass_is() -> None:
    group = a_group(rev=3, firing=2)
    assert isinstance(group, AlertGroup)
    assert copy.deepcopy(group) == copy.copy(group) == pickle.loads(pickle.dumps(group)) == group
    assert dataclasses.replace(group, rev=4) == a_group(rev=4, firing=2)


def test_more_than_fields_is_refused() -> None:
    """What would have to run after the fields are set, and what a base brings along, is left to `dataclass`."""

    class Checked:
        east: int

        def __post_init__(self) -> None: ...

    class Derived(Usual):
        west: int = 1

    class Hidden:
        east: int = field(default=1, init=False)

    for one in (Checked, Derived, Hidden):
        with pytest.raises(TypeError, match="make it a dataclass"):
            frozen(one)
