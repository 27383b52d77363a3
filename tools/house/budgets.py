"""What no code may exceed, and where it does."""

from collections import Counter
from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

from tools.house.source import Function, Module

FUNCTION_LINES: Final = 40
FILE_LINES: Final = 300
PARAMETERS: Final = 6
CORE_MODULES: Final = 15

CORE: Final = "router.core"


def breaches(modules: Sequence[Module], tests: Path) -> Iterator[str]:
    """Where a budget is exceeded, a line each; `tests` is the folder of the tests."""
    yield from _too_large(modules)
    yield from _crowded(modules)
    yield from _unmirrored(modules, tests / "core")
    if cycle := import_cycle(modules):
        yield f"import cycle: {' -> '.join(cycle)}"


def import_cycle(modules: Sequence[Module]) -> Sequence[str]:
    """Modules that import each other in a circle, the first one twice; nothing when there is no circle."""
    try:
        TopologicalSorter({module.name: module.imports for module in modules}).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return ()


def _too_large(modules: Sequence[Module]) -> Iterator[str]:
    for module in modules:
        if module.lines > FILE_LINES:
            yield f"{module.path}: {module.lines} lines; at most {FILE_LINES}"
        for function in module.functions:
            yield from _function_too_large(module, function)


def _function_too_large(module: Module, function: Function) -> Iterator[str]:
    where = f"{module.path}:{function.line}: {function.name}"
    if function.lines > FUNCTION_LINES:
        yield f"{where}: {function.lines} lines; at most {FUNCTION_LINES}"
    if function.parameters > PARAMETERS:
        yield f"{where}: {function.parameters} parameters; at most {PARAMETERS}"


def _crowded(modules: Sequence[Module]) -> Iterator[str]:
    inside = [one for one in modules if one.name.startswith(f"{CORE}.") and not one.is_package]
    for package, count in Counter(one.name.rpartition(".")[0] for one in inside).items():
        if count > CORE_MODULES:
            yield f"{package}: {count} modules; at most {CORE_MODULES}"


def _unmirrored(modules: Sequence[Module], tests: Path) -> Iterator[str]:
    """Each package of the core has a folder of tests and the other way round; a module beside them has its file."""
    top = [one for one in modules if one.name.rpartition(".")[0] == CORE]
    packages = {one.name.rpartition(".")[2] for one in top if one.is_package}
    tested = {path.parent.name for path in tests.glob("*/test_*.py")}
    yield from (f"{CORE}.{name}: no tests in {tests / name}" for name in sorted(packages - tested))
    yield from (f"{tests / name}: no package {CORE}.{name}" for name in sorted(tested - packages))
    for module in top:
        expected = tests / f"test_{module.path.name}"
        if not module.is_package and not expected.exists():
            yield f"{module.name}: no {expected}"
