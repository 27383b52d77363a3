"""Whether a tenant's template is harmless, decided by its syntax before it is ever run.

What is not on the list is refused: there is no call, no arithmetic, no attribute of Python, and no loop over anything
but a variable. So what a template costs is bounded by its length, and nothing needs to watch it run.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from jinja2 import TemplateSyntaxError, nodes
from jinja2.environment import Environment

from router.core.template_rules import (
    FILTERS,
    FREE_ARGUMENTS,
    LOOP,
    MAX_DEPTH,
    MAX_ITEMS,
    MAX_LOOPS,
    MAX_NODES,
    MAX_NUMBER,
    MAX_SOURCE,
    MAX_STEPS,
    PARTS,
    PHRASES,
    TESTS,
)

_SPACES: Final = frozenset("\n\t\u00a0\u202f\u200d")
"""Allowed though not printable: line breaks, no-break spaces, and the joiner of emoji."""

_PLAIN: Final = (nodes.Output, nodes.If, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.Compare)
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
    nodes.ScopedEvalContextModifier: "`autoescape`",
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that a template may not say, in a line counted from 1."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line} of the template: {self.text}"


class FlawedError(ValueError):
    """A template that is refused; the first flaw says why."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(str(flaws[0]))
        self.flaws = flaws


@dataclass(slots=True)
class _Walk:
    """What is known while the syntax is looked at."""

    variables: frozenset[str]
    flaws: list[Flaw] = field(default_factory=list)
    elements: int = 0
    steps: int = 0

    def refuse(self, node: nodes.Node, text: str) -> None:
        self.flaws.append(Flaw(node.lineno, text))


@dataclass(frozen=True, slots=True)
class _Scope:
    """What surrounds a node."""

    depth: int = 0
    loops: int = 0
    names: frozenset[str] = frozenset()


def parsed(part: str, source: str, environment: Environment) -> nodes.Template:
    """The syntax of a template that is harmless.

    Raises:
        FlawedError: it is not; all its flaws.
    """
    _check_text(source)
    tree = _parse(source, environment)
    walk = _Walk(PARTS[part])
    for node in tree.body:
        _look(node, walk, _Scope())
    if walk.elements > MAX_NODES:
        walk.refuse(tree, f"it is too long: {walk.elements} elements of at most {MAX_NODES}")
    if walk.steps > MAX_STEPS:
        walk.refuse(tree, "it does too much in its loops; shorten what stands in them")
    if walk.flaws:
        raise FlawedError(*walk.flaws)
    return tree


def _check_text(source: str) -> None:
    size = len(source.encode(errors="surrogatepass"))
    if size > MAX_SOURCE:
        raise FlawedError(Flaw(1, f"it is too long: {size} bytes of at most {MAX_SOURCE}"))
    for number, line in enumerate(source.split("\n"), 1):
        odd = _odd_character(line)
        if odd:
            raise FlawedError(Flaw(number, f"the character U+{ord(odd):04X} cannot be seen; remove it"))


def _odd_character(text: str) -> str:
    return next((char for char in text if not char.isprintable() and char not in _SPACES), "")


def _parse(source: str, environment: Environment) -> nodes.Template:
    try:
        return environment.parse(source)
    except TemplateSyntaxError as error:
        raise FlawedError(Flaw(error.lineno, f"{(error.message or 'unreadable').rstrip('.')}")) from None
    except (RecursionError, MemoryError):
        raise FlawedError(Flaw(1, "it is nested too deeply")) from None
    except (ValueError, SyntaxError, OverflowError):
        raise FlawedError(Flaw(1, "it holds a number or a text that cannot be read")) from None


def _look(node: nodes.Node, walk: _Walk, scope: _Scope) -> None:
    walk.elements += 1
    walk.steps += MAX_ITEMS**scope.loops
    if scope.depth > MAX_DEPTH:
        walk.refuse(node, "it is nested too deeply")
        return
    inner = _Scope(scope.depth + 1, scope.loops, scope.names)
    match node:
        case nodes.TemplateData():
            return
        case nodes.For():
            _look_at_loop(node, walk, inner)
            return
        case nodes.Name():
            _look_at_name(node, walk, scope)
            return
        case nodes.Getattr(node=nodes.Name(name="loop"), attr=attribute) if scope.loops:
            _one_of(attribute, LOOP, node, walk, "loop has no")
            return
        case nodes.Getattr(node=nodes.Name(name="t"), attr=phrase):
            _one_of(phrase, PHRASES, node, walk, "there is no phrase")
            return
        case nodes.Getattr():
            _look_at_attribute(node, walk)
        case nodes.Getitem():
            _look_at_item(node, walk)
        case nodes.Const():
            _look_at_constant(node, walk)
        case nodes.Filter():
            _look_at_filter(node, walk)
        case nodes.Test():
            _one_of(node.name, TESTS, node, walk, "there is no test")
            _bare(node, walk)
        case _ if isinstance(node, (*_PLAIN, nodes.Operand, nodes.List)):
            pass
        case _:
            walk.refuse(node, f"templates may not use {_WRITTEN.get(type(node)) or _symbol(node)}")
            return
    _look_at_all(node.iter_child_nodes(), walk, inner)


def _look_at_all(children: Iterable[nodes.Node], walk: _Walk, scope: _Scope) -> None:
    for child in children:
        _look(child, walk, scope)


def _look_at_loop(node: nodes.For, walk: _Walk, scope: _Scope) -> None:
    if node.recursive:
        walk.refuse(node, "templates may not use `recursive` loops")
    if scope.loops == MAX_LOOPS:
        walk.refuse(node, f"a loop may stand in one other, not in {MAX_LOOPS}")
        return
    if not _is_variable(node.iter):
        walk.refuse(node, "a loop goes over a variable, sorted or not, and nothing else")
        return
    targets = frozenset(_targets(node.target, walk))
    within = _Scope(scope.depth, scope.loops + 1, scope.names | targets)
    _look(node.iter, walk, scope)
    _look_at_all([*([node.test] if node.test else []), *node.body], walk, within)
    _look_at_all(node.else_, walk, scope)


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
        elif name.name.startswith("_") or name.name in walk.variables | {"loop"}:
            walk.refuse(target, f"`{name.name}` cannot be the name of a loop's item; take another")
        else:
            yield name.name


def _look_at_name(node: nodes.Name, walk: _Walk, scope: _Scope) -> None:
    if node.name == "t":
        walk.refuse(node, "`t` holds phrases; write for example t.firing")
    elif node.name == "loop" and scope.loops:
        walk.refuse(node, "`loop` cannot be printed; write loop.index, loop.first, loop.last or loop.length")
    else:
        _one_of(node.name, walk.variables | scope.names, node, walk, "this part has no variable")


def _look_at_attribute(node: nodes.Getattr, walk: _Walk) -> None:
    if node.attr.startswith("_"):
        walk.refuse(node, f"`{_short(node.attr)}`: names may not begin with an underscore")


def _look_at_item(node: nodes.Getitem, walk: _Walk) -> None:
    if not isinstance(node.arg, nodes.Const):
        walk.refuse(node, "what stands in [ ] should be a name in quotes or a number, as in labels[\"name\"]")
    elif isinstance(node.arg.value, str) and node.arg.value.startswith("_"):
        walk.refuse(node, f"`{_short(node.arg.value)}`: names may not begin with an underscore")


def _look_at_constant(node: nodes.Const, walk: _Walk) -> None:
    value = node.value
    if isinstance(value, str):
        odd = _odd_character(value) or ("\n" if "\n" in value else "")
        if odd:
            walk.refuse(node, f"the character U+{ord(odd):04X} cannot stand in quotes; remove it")
    elif not isinstance(value, int | None) or (value is not None and abs(value) > MAX_NUMBER):
        walk.refuse(node, f"a number should be whole and at most {MAX_NUMBER}")


def _look_at_filter(node: nodes.Filter, walk: _Walk) -> None:
    if not _one_of(node.name, FILTERS, node, walk, "there is no filter"):
        return
    least, most = FILTERS[node.name]
    if not least <= len(node.args) <= most or node.kwargs or node.dyn_args or node.dyn_kwargs:
        wanted = {(0, 0): "no argument", (0, 1): "at most one argument"}.get((least, most), "one argument")
        walk.refuse(node, f"`{node.name}` takes {wanted}")
    elif node.name not in FREE_ARGUMENTS:
        kind, word = (int, "a number") if node.name == "truncate" else (str, "a text in quotes")
        if not all(isinstance(one, nodes.Const) and isinstance(one.value, kind) for one in node.args):
            walk.refuse(node, f"`{node.name}` takes {word}")


def _bare(node: nodes.Test, walk: _Walk) -> None:
    if node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
        walk.refuse(node, f"the test `{node.name}` takes no argument")


def _one_of(word: str, known: Iterable[str], node: nodes.Node, walk: _Walk, said: str) -> bool:
    """Whether the word is known; if not, it is refused with the nearest that is."""
    names = sorted(known)
    if word in names:
        return True
    near = get_close_matches(word[:60], names, n=1)
    cure = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(names)}"
    walk.refuse(node, f"{said} `{_short(word)}`{', ' if near else '; '}{cure}")
    return False


def _symbol(node: nodes.Node) -> str:
    operator = getattr(node, "operator", "")
    return f"the operator `{operator}`" if operator else type(node).__name__.lower()


def _short(word: str) -> str:
    return word if len(word) <= 60 else word[:60] + "…"
