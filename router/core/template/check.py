"""Whether a tenant's template is harmless, decided by its syntax before it is ever run.

What is not on the list is refused: there is no call, no arithmetic, no attribute of Python, and no loop over anything
but a variable. So what a template costs is bounded by its length, and nothing needs to watch it run.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Final

from jinja2 import TemplateSyntaxError, nodes
from jinja2.environment import Environment

from router.core.template.flaw import Flaw, FlawedError, check_text, odd_character, short
from router.core.template.language import (
    FILTERS,
    FREE_ARGUMENTS,
    LOOP,
    MAX_DEPTH,
    MAX_ITEMS,
    MAX_LOOPS,
    MAX_NODES,
    MAX_NUMBER,
    MAX_STEPS,
    PARTS,
    PHRASES,
    TESTS,
)

_WRITTEN: Final[Mapping[type[nodes.Node], str]] = {
    nodes.Call: "a call; there are only filters, as in {{ name | upper }}",
    nodes.CallBlock: "`call`",
    nodes.FilterBlock: "`filter` blocks; write {{ value | bold }}",
    nodes.Macro: "`macro`",
    nodes.Assign: "`set`",
    nodes.AssignBlock: "`set`",
    nodes.With: "`with`",
    nodes.Include: "`include`",
    nodes.Import: "`import`",
    nodes.FromImport: "`import`",
    nodes.Extends: "`extends`",
    nodes.Block: "`block`",
    nodes.Slice: "a slice; use first, last or a loop",
    nodes.Dict: "a mapping",
    nodes.Scope: "`autoescape`",
}


@dataclass(slots=True)
class _Walk:
    """What is known while the syntax is looked at."""

    variables: frozenset[str]
    flaws: list[Flaw] = field(default_factory=list)
    elements: int = 0
    steps: int = 0
    line: int = 1

    def refuse(self, node: nodes.Node, text: str) -> None:
        """Note a flaw; a few nodes of Jinja's do not know their line."""
        self.line = node.lineno or self.line
        self.flaws.append(Flaw(self.line, text))


@dataclass(frozen=True, slots=True)
class _Scope:
    """What surrounds a node."""

    depth: int = 0
    loops: int = 0
    names: frozenset[str] = frozenset()

    @property
    def inside(self) -> "_Scope":
        """What surrounds a part of the node."""
        return replace(self, depth=self.depth + 1)


def parsed(part: str, source: str, environment: Environment) -> nodes.Template:
    """The syntax of a template that is harmless.

    Raises:
        FlawedError: it is not; all its flaws.
    """
    check_text(source)
    tree = _parse(source, environment)
    walk = _Walk(PARTS[part])
    for node in tree.body:
        _look(node, walk, _Scope())
    if walk.elements > MAX_NODES:
        walk.refuse(tree, f"it is too long: {walk.elements} elements of at most {MAX_NODES}")
    if walk.steps > MAX_STEPS:
        walk.refuse(tree, "it does too much in its loops; shorten what stands in them")
    if walk.flaws and _GO.search(source):
        raise FlawedError(Flaw(walk.flaws[0].line, _NO_GO))
    if walk.flaws:
        raise FlawedError(*walk.flaws)
    return tree


_GO: Final = re.compile(
    r"\{\{-?\s*(?:[$.]|/\*|\w+\s+[$.]|(?:range|template|define|block|with|if|else|end)\b|[^}]*:=)", re.ASCII
)
"""Also what reads as Jinja, such as `{{ range .Alerts }}` and `{{ end }}`; looked for where something is wrong."""

_NO_GO: Final = (
    "Go templates are not understood: write `{{ labels.foo }}` for `{{ $labels.foo }}`; see docs/templates.md"
)


def _parse(source: str, environment: Environment) -> nodes.Template:
    try:
        return environment.parse(source)
    except TemplateSyntaxError as error:
        if _GO.search(source):
            raise FlawedError(Flaw(error.lineno, _NO_GO)) from None
        raise FlawedError(Flaw(error.lineno, f"{(error.message or 'unreadable').rstrip('.')}")) from None
    except (RecursionError, MemoryError):
        raise FlawedError(Flaw(1, "it is nested too deeply")) from None
    except (ValueError, SyntaxError, OverflowError):
        raise FlawedError(Flaw(1, "it holds a number or a text that cannot be read")) from None


def _look(node: nodes.Node, walk: _Walk, scope: _Scope) -> None:
    walk.elements += 1
    walk.steps += MAX_ITEMS**scope.loops
    looks = _LOOKS.get(type(node))
    if scope.depth > MAX_DEPTH:
        walk.refuse(node, "it is nested too deeply")
    elif looks is None:
        walk.refuse(node, f"templates may not use {_WRITTEN.get(type(node)) or _symbol(node)}")
    elif looks(node, walk, scope):
        _look_at_all(node.iter_child_nodes(), walk, scope.inside)


def _look_at_all(children: Iterable[nodes.Node], walk: _Walk, scope: _Scope) -> None:
    for child in children:
        _look(child, walk, scope)


def _look_at_loop(node: nodes.For, walk: _Walk, scope: _Scope) -> bool:
    if node.recursive:
        walk.refuse(node, "templates may not use `recursive` loops")
    if scope.loops == MAX_LOOPS:
        walk.refuse(node, f"loops may be nested {MAX_LOOPS} deep, no deeper")
    elif not _is_variable(node.iter):
        walk.refuse(node, "a loop goes over a variable, sorted or not, and nothing else")
    else:
        around = scope.inside
        targets = frozenset(_targets(node.target, walk))
        within = replace(around, loops=scope.loops + 1, names=scope.names | targets)
        _look(node.iter, walk, around)
        _look_at_all([*([node.test] if node.test else []), *node.body], walk, within)
        _look_at_all(node.else_, walk, around)
    return False


def _is_variable(node: nodes.Node | None) -> bool:
    if isinstance(node, nodes.Filter):
        return node.name in {"sort", "dictsort"} and _is_variable(node.node)
    while isinstance(node, nodes.Getattr):
        node = node.node
    return isinstance(node, nodes.Name)


def _targets(target: nodes.Node, walk: _Walk) -> Iterator[str]:
    names = target.items if isinstance(target, nodes.Tuple) else [target]
    for name in names:
        if not isinstance(name, nodes.Name):
            walk.refuse(target, "a loop names what it goes over: `for name, value in labels | dictsort`")
        elif name.name.startswith("_") or name.name in {"loop", "t"}:
            walk.refuse(target, f"`{name.name}` cannot be the name of a loop's item; take another")
        else:
            yield name.name


def _look_at_name(node: nodes.Name, walk: _Walk, scope: _Scope) -> bool:
    if node.name == "t":
        walk.refuse(node, "`t` holds phrases; write for example t.firing")
    elif node.name == "loop":
        walk.refuse(node, "`loop` has in a loop: loop.index, loop.first, loop.last, loop.length")
    else:
        _one_of(node.name, walk.variables | scope.names, node, walk, "this part has no variable")
    return False


def _look_at_attribute(node: nodes.Getattr, walk: _Walk, scope: _Scope) -> bool:
    holder = node.node.name if isinstance(node.node, nodes.Name) else ""
    if holder == "t":
        _one_of(node.attr, PHRASES, node, walk, "there is no phrase")
        return False
    if holder == "loop" and scope.loops:
        _one_of(node.attr, LOOP, node, walk, "`loop` has no")
        return False
    return _look_at_key(node.attr, node, walk)


def _look_at_item(node: nodes.Getitem, walk: _Walk, _scope: _Scope) -> bool:
    if not isinstance(node.arg, nodes.Const):
        walk.refuse(node, 'what stands in [ ] should be a name in quotes or a number, as in labels["name"]')
        return False
    return _look_at_key(node.arg.value, node, walk)


def _look_at_key(key: object, node: nodes.Node, walk: _Walk) -> bool:
    if isinstance(key, str) and key.startswith("_"):
        walk.refuse(node, f"`{short(key)}`: names may not begin with an underscore")
    return True


def _look_at_constant(node: nodes.Const, walk: _Walk, _scope: _Scope) -> bool:
    value = node.value
    if isinstance(value, str):
        odd = odd_character(value) or ("\n" if "\n" in value else "")
        if odd:
            walk.refuse(node, f"the character U+{ord(odd):04X} cannot stand in quotes; remove it")
    elif value is not None and (not isinstance(value, int) or abs(value) > MAX_NUMBER):
        walk.refuse(node, f"a number should be whole and at most {MAX_NUMBER}")
    return False


def _look_at_filter(node: nodes.Filter, walk: _Walk, _scope: _Scope) -> bool:
    if _one_of(node.name, FILTERS, node, walk, "there is no filter"):
        least, most = FILTERS[node.name]
        if not least <= len(node.args) <= most or _has_names(node):
            wanted = {(0, 0): "no argument", (0, 1): "at most one argument"}.get((least, most), "one argument")
            walk.refuse(node, f"`{node.name}` takes {wanted}")
        elif node.name not in FREE_ARGUMENTS:
            _look_at_arguments(node, walk)
    return True


def _look_at_arguments(node: nodes.Filter, walk: _Walk) -> None:
    kind, word = (int, "a number") if node.name == "truncate" else (str, "a text in quotes")
    if not all(isinstance(one, nodes.Const) and isinstance(one.value, kind) for one in node.args):
        walk.refuse(node, f"`{node.name}` takes {word}")


def _look_at_test(node: nodes.Test, walk: _Walk, _scope: _Scope) -> bool:
    if _one_of(node.name, TESTS, node, walk, "there is no test") and (node.args or _has_names(node)):
        walk.refuse(node, f"the test `{node.name}` takes no argument")
    return True


def _has_names(node: nodes.Filter | nodes.Test) -> bool:
    """Whether arguments are given by name, or as a list."""
    return bool(node.kwargs or node.dyn_args or node.dyn_kwargs)


def _pass(_node: nodes.Node, _walk: _Walk, _scope: _Scope) -> bool:
    return True


def _one_of(word: str, known: Iterable[str], node: nodes.Node, walk: _Walk, problem: str) -> bool:
    """Whether the word is known; if not, it is refused with the nearest that is."""
    names = sorted(known)
    if word in names:
        return True
    near = get_close_matches(word[:60], names, n=1)
    remedy = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(names)}"
    walk.refuse(node, f"{problem} `{short(word)}`{', ' if near else '; '}{remedy}")
    return False


def _symbol(node: nodes.Node) -> str:
    operator = getattr(node, "operator", "")
    return f"the operator `{operator}`" if operator else type(node).__name__.lower()


_Look = Callable[[Any, _Walk, _Scope], bool]
"""Looks at one node; whether its parts are still to be looked at."""

_PLAIN: Final = (
    nodes.TemplateData, nodes.Output, nodes.If, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat,
    nodes.Compare, nodes.Operand, nodes.List,
)  # fmt: skip
_LOOKS: Final[Mapping[type[nodes.Node], _Look]] = {
    **dict.fromkeys(_PLAIN, _pass),
    nodes.For: _look_at_loop,
    nodes.Name: _look_at_name,
    nodes.Getattr: _look_at_attribute,
    nodes.Getitem: _look_at_item,
    nodes.Const: _look_at_constant,
    nodes.Filter: _look_at_filter,
    nodes.Test: _look_at_test,
}
