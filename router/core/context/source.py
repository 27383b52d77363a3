"""The expression in the link to where an alert comes from, as Prometheus writes it: `/graph?g0.expr=...`."""

from typing import Final
from urllib.parse import parse_qs, urlsplit

from router.core.context.undrawn import Undrawn, UndrawnError

MAX_LINK: Final = 16384
"""Characters of a link in which an expression is looked for: each of its own may take three."""

_FIELDS: Final = 100


def expression_in(generator_url: str) -> str:
    """The expression of the link's first panel, not yet checked in any way.

    VictoriaMetrics' page has it behind `#`. Grafana's links, and those of other programs, hold none.

    Raises:
        UndrawnError: there is none, or no single one.
    """
    if len(generator_url) > MAX_LINK:
        raise UndrawnError(Undrawn.TOO_LARGE)
    try:
        link = urlsplit(generator_url)
        panels = [_panels(query) for query in (link.query, link.fragment.partition("?")[2])]
    except ValueError:
        raise UndrawnError(Undrawn.NO_EXPRESSION) from None
    found = [text for panel in panels for text in panel.get("g0.expr", ())]
    if link.scheme not in {"http", "https"} or len(found) != 1 or not found[0].strip():
        raise UndrawnError(Undrawn.NO_EXPRESSION)
    return found[0]


def _panels(query: str) -> dict[str, list[str]]:
    return parse_qs(query, errors="strict", max_num_fields=_FIELDS)
