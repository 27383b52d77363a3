"""Compiled rules of the tenants that were served last; all others' are compiled again when they are needed."""

from collections import OrderedDict
from typing import Final, Generic, TypeVar

from router.core.model.alert import TenantId

MAX_COMPILED: Final = 4_000
MAX_COMPILED_CHARACTERS: Final = 64 << 20
"""Characters of the texts that the rules were compiled of: the largest have some two million."""

Rules = TypeVar("Rules")


class Compiled(Generic[Rules]):
    """Rules by tenant; who was not asked for longest makes room for others."""

    def __init__(self, most: int = MAX_COMPILED, most_characters: int = MAX_COMPILED_CHARACTERS) -> None:
        self._most = most
        self._most_characters = most_characters
        self._rules: OrderedDict[TenantId, tuple[Rules, int]] = OrderedDict()
        self._characters = 0

    def get(self, tenant: TenantId) -> Rules | None:
        """The tenant's rules, if they are here."""
        found = self._rules.get(tenant)
        if found is None:
            return None
        self._rules.move_to_end(tenant)
        return found[0]

    def put(self, tenant: TenantId, rules: Rules, characters: int) -> None:
        """Keep rules, in place of the tenant's earlier ones; the last ones that were put always stay."""
        self.drop(tenant)
        self._rules[tenant] = rules, characters
        self._characters += characters
        while len(self._rules) > self._most or (self._characters > self._most_characters and len(self._rules) > 1):
            self.drop(next(iter(self._rules)))

    def replace(self, tenant: TenantId, rules: Rules) -> None:
        """Other rules of the same text, for a tenant whose rules are here."""
        self._rules[tenant] = rules, self._rules[tenant][1]

    def drop(self, tenant: TenantId) -> None:
        """Keep the tenant's rules no longer."""
        _, characters = self._rules.pop(tenant, (None, 0))
        self._characters -= characters

    def __len__(self) -> int:
        """How many there are."""
        return len(self._rules)
