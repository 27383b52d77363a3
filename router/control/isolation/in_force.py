"""The isolation policy that is in force: one that these settings keep."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from router.control.isolation.document import IsolationPolicy
from router.control.isolation.reading import not_enforced, read_isolation
from router.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Isolation:
    """A policy, as it was written and as it was read."""

    text: str
    policy: IsolationPolicy


def isolation_in_force(text: str, source: str, bound_topics: Mapping[str, str]) -> Isolation:
    """The policy of a text; `source` is its file's name, `bound_topics` are topics that belong to a tenant.

    Raises:
        ConfigurationError: it has mistakes, or promises what these topics do not keep.
    """
    policy = read_isolation(text, source)
    if found := not_enforced(policy, text, bound_topics):
        raise ConfigurationError(*(replace(one, source=source) for one in found))
    return Isolation(text, policy)
