"""Hold an imported tree against the original, as Alertmanager's own program reads it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from router.adapters.amtool import AmtoolError, find_amtool, receivers_by_amtool
from router.config.alertmanager.samples import label_sets
from router.config.compile.tenant import compile_tenant
from router.config.document.tenant import TenantDocument
from router.control.routing import Routing

MOST_COMPARED: Final = 100
"""Label sets that are compared: each is a process of a few hundredths of a second."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many label sets were compared, and what was found; `problem` says why none was."""

    compared: int
    differences: tuple[str, ...] = ()
    problem: str = ""


def compare_with_amtool(original: Path, document: TenantDocument, added: frozenset[str]) -> Comparison | None:
    """Route label sets that reach every route by both; None where amtool is not installed.

    The receivers that were `added` for second channels have no name in the original.
    """
    program = find_amtool()
    if program is None:
        return None
    sets = label_sets(compile_tenant(document, 1).route, MOST_COMPARED)
    routing, differences = Routing(document), []
    for labels in sets:
        try:
            theirs = receivers_by_amtool(program, original, labels)
        except AmtoolError as error:
            return Comparison(0, problem=str(error))
        ours = [name for name in routing.receivers(labels) if name not in added]
        if ours != theirs:
            shown = " ".join(f"{name}={value}" for name, value in labels.items())
            differences.append(f"{shown}: {','.join(ours)} here, {','.join(theirs)} by amtool")
    return Comparison(len(sets), tuple(differences))
