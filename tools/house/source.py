"""Python source as the budgets see it: modules with their functions and the modules that they import."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Function:
    """One function or method; `name` begins with the classes and functions around it."""

    name: str
    line: int
    lines: int
    """From `def` to the last line, docstring included, decorators not."""
    parameters: int
    """Without `self`, `cls`, `*args`, `**kwargs`, and the options and arguments of a command."""


@dataclass(frozen=True, slots=True)
class Module:
    """One file. `path` is relative to the project; `imports` names modules of the project only."""

    name: str
    path: Path
    lines: int
    functions: Sequence[Function]
    imports: frozenset[str]

    @property
    def is_package(self) -> bool:
        """Whether the file is the `__init__` of a package."""
        return self.path.name == "__init__.py"


def read_modules(top: Path) -> Sequence[Module]:
    """All modules of `router`, `packages`, `tools` and `bench` below the project's folder, by name."""
    files = dict(_files(top))
    return [_read(name, path, path.relative_to(top), files) for name, path in sorted(files.items())]


def _files(top: Path) -> Iterator[tuple[str, Path]]:
    roots = [
        top / "router",
        top / "tools",
        top / "bench",
        *(init.parent for init in top.glob("packages/*/*/__init__.py")),
    ]
    for root in roots:
        for path in root.rglob("*.py"):
            parts = path.relative_to(root.parent).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def _read(name: str, path: Path, shown: Path, known: Mapping[str, Path]) -> Module:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text, str(path))
    imports = frozenset(found for one in ast.walk(tree) for found in _imports(one, known) if found != name)
    return Module(name, shown, len(text.splitlines()), list(_functions(tree)), imports)


def _imports(node: ast.AST, known: Mapping[str, Path]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in known)
    elif isinstance(node, ast.ImportFrom) and node.module is not None:
        for alias in node.names:
            yield from [one for one in (f"{node.module}.{alias.name}", node.module) if one in known][:1]


def _functions(node: ast.AST, around: str = "") -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Definition | ast.ClassDef):
            yield from _functions(child, around)
            continue
        if isinstance(child, Definition):
            yield _function(child, around, is_method=isinstance(node, ast.ClassDef))
        yield from _functions(child, f"{around}{child.name}.")


def _function(node: Definition, around: str, *, is_method: bool) -> Function:
    counted = [arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs) if not _is_option(arg)]
    has_self = is_method and "staticmethod" not in {ast.unparse(one) for one in node.decorator_list}
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    return Function(f"{around}{node.name}", node.lineno, lines, len(counted) - has_self)


def _is_option(arg: ast.arg) -> bool:
    """Whether people type it on the command line."""
    return arg.annotation is not None and "typer." in ast.unparse(arg.annotation)
