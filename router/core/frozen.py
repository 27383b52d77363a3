"""`@frozen`: a frozen dataclass with slots, for values that are made thousands of times a second.

What `dataclass` makes of `frozen=True` sets each field by a call of `object.__setattr__`, which is most of what it
costs to make a value. Here a value is filled while it is of a twin class that has the same slots and is not frozen.
"""

from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(of: type[_T]) -> type[_T]:
    """As `dataclass(frozen=True, slots=True)`; all fields are arguments, by place or by name.

    Raises:
        TypeError: it runs something after its fields are set, has a base, or a field that is not an argument.
    """
    made = dataclass(frozen=True, slots=True)(of)
    known = fields(made)  # type: ignore[arg-type]
    if hasattr(made, "__post_init__") or made.__bases__ != (object,) or not all(one.init for one in known):
        raise TypeError(f"{made.__name__} is more than its fields; make it a dataclass")
    twin = type(made.__name__, (), {"__slots__": tuple(one.name for one in known)})
    made.__init__ = _filling(made, twin, known)  # type: ignore[method-assign]
    return made


def _filling(made: type, twin: type, known: tuple[Field[Any], ...]) -> Any:  # noqa: ANN401 - a function of any fields
    """An `__init__`, written out as `dataclass` writes its own."""
    names = {"made": made, "twin": twin, "become": object.__setattr__, "MISSING": MISSING}
    names |= {f"default_{one.name}": one.default for one in known}
    names |= {f"new_{one.name}": one.default_factory for one in known}
    lines = ["become(self, '__class__', twin)", *map(_line, known), "self.__class__ = made"]
    exec(f"def __init__(self, {', '.join(map(_argument, known))}):\n " + "\n ".join(lines), names)  # noqa: S102 - names of fields alone
    filling: Any = names["__init__"]
    filling.__qualname__ = f"{made.__qualname__}.__init__"
    return filling


def _argument(one: Field[Any]) -> str:
    if one.default_factory is not MISSING:
        return f"{one.name}=MISSING"
    return one.name if one.default is MISSING else f"{one.name}=default_{one.name}"


def _line(one: Field[Any]) -> str:
    if one.default_factory is MISSING:
        return f"self.{one.name} = {one.name}"
    return f"self.{one.name} = new_{one.name}() if {one.name} is MISSING else {one.name}"
