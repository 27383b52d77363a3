"""Names of what has none there, or the same as another."""

from collections.abc import Collection
from itertools import count


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, with a number where another has it: names are unique here."""
    if name not in taken:
        return name
    return next(one for number in count(2) if (one := f"{name} ({number})") not in taken)
