"""Explanations of how alerts stand now, each as it is printed: for programs, and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from router.control.explain.as_json import as_json
from router.control.explain.asked import Asked
from router.control.explain.live import LiveExplaining
from router.control.explain.text import lines
from router.core.model.alert import TenantId
from router.core.model.rules.receiver import Layout
from router.ports.tenants import Localizations


@dataclass(frozen=True, slots=True)
class Explained:
    """One explanation: its JSON, and its lines."""

    fields: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class ExplainingInWords:
    """Explains in a language, by default the tenant's."""

    live: LiveExplaining
    localizations: Localizations

    async def explain(self, tenant: TenantId, asked: Asked, language: str = "") -> list[Explained]:
        """One for each alert that fits; raises as `LiveExplaining.explain`."""
        rules, found = await self.live.explain(tenant, asked)
        localizer = self.localizations.localizer(language or rules.locale, rules.time_zone, Layout())
        return [Explained(as_json(one), "\n".join(lines(one, localizer))) for one in found]
