"""What the record and Redis are to learn of each other about the people whose data a tenant has erased.

Commands write the list to Redis, which leads. A list with another key of digests is another list: its people are
found by that key alone.
"""

from router.core.model.instant import Instant
from router.ports.subject_copies import KEY, Parts


def to_redis(recorded: Parts, live: Parts, now: Instant) -> Parts:
    """The parts that Redis has lost and that still count; nothing where the lists are not the same one."""
    if not is_one(recorded, live):
        return {}
    return {name: part for name, part in recorded.items() if name not in live and part.until > now}


def to_record(recorded: Parts, live: Parts, now: Instant) -> Parts:
    """All that the record is to have: what still counts, as Redis has it."""
    both = {**(recorded if is_one(recorded, live) else {}), **live}
    return {name: part for name, part in both.items() if part.until > now}


def is_one(recorded: Parts, live: Parts) -> bool:
    """Whether both have the same list, as far as both have one."""
    return KEY not in recorded or KEY not in live or recorded[KEY].text == live[KEY].text
