"""Parts of messages that tenants wrote themselves: compiled once, printed within bounds, never trusted.

If one fails, the built-in part is used instead and the failure is reported. What a template prints is text to Slack,
as the texts of alerts are: `<`, `>` and `&` make no token, in its own words no more than in a variable.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from jinja2 import StrictUndefined, Template, nodes, pass_context
from jinja2.environment import Environment
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from router.core.slack.markup import Safe, escape
from router.core.template.check import parsed
from router.core.template.filters import FILTERS, Budget, UnusableError, concatenated, is_defined, items, shown
from router.core.template.language import MAX_OUTPUT

_BUDGET: Final = "_budget"
_ITEMS: Final = "_items"
_CONCATENATED: Final = "_concatenated"

Report = Callable[[str, str, Exception], None]
"""Called with each part that failed: its name, whose it is, and why."""


def unreported(_part: str, _tenant: str, _error: Exception) -> None:
    """For those who look at the message alone."""


@dataclass(frozen=True, slots=True)
class CustomParts:
    """The sources of a tenant's own parts, by name, with the phrases of one language."""

    sources: Mapping[str, str]
    phrases: Mapping[str, Safe]
    report: Report = unreported
    budget: Budget = field(default_factory=Budget, compare=False)

    def __bool__(self) -> bool:
        return bool(self.sources)

    @property
    def with_full_budget(self) -> "CustomParts":
        """The same for another message."""
        return replace(self, budget=Budget()) if self else self

    def print(self, part: str, tenant: str, values: Callable[[], Mapping[str, object]]) -> str | None:
        """The part as the tenant wrote it; None where it wrote none or it fails, which is reported."""
        source = self.sources.get(part)
        if source is None:
            return None
        try:
            return _printed(compile_part(part, source), {**values(), "t": self.phrases, _BUDGET: self.budget})
        except Exception as error:  # noqa: BLE001 - an alert must arrive, whatever a template does
            self.report(part, tenant, error)
            return None


@lru_cache(maxsize=2048)
def compile_part(part: str, source: str) -> Template:
    """A part ready to be printed.

    Raises:
        FlawedError: its syntax is not harmless.
    """
    tree = _Bounding().visit(parsed(part, source, _ENVIRONMENT))
    return _ENVIRONMENT.from_string(tree)


def _printed(template: Template, values: Mapping[str, object]) -> str:
    pieces, size = list[str](), 0
    for piece in template.generate(values):
        size += len(piece)
        if size > MAX_OUTPUT:
            raise UnusableError(f"it prints more than {MAX_OUTPUT} characters; shorten it with truncate or first")
        pieces.append(piece)
    return "".join(pieces)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Where a name after a dot is a key and nothing else: no value has attributes, but for a loop's place."""

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - as jinja has it
        return super().getattr(obj, attribute) if isinstance(obj, LoopContext) else _item(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401 - as jinja has it
        return _item(obj, argument)


def _item(holder: object, key: object) -> object:
    """What a mapping or a list has there, empty text where it has nothing."""
    if isinstance(holder, Mapping):
        return holder.get(key, "")
    if isinstance(holder, list | tuple) and isinstance(key, int):
        return holder[key] if -len(holder) <= key < len(holder) else ""
    raise UnusableError(f"a text has no {str(key)[:60]!r}; only labels, annotations, links and counts have names")


class _Bounding(NodeTransformer):
    """Puts our functions where Jinja would use its own: bounded loops, escaped texts, empty instead of undefined."""

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Node:  # noqa: N802 - Jinja's way
        return nodes.TemplateData(str(escape(node.data)), lineno=node.lineno)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja's way
        self.generic_visit(node)
        node.iter = _filtered(node.iter, _ITEMS)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - Jinja's way
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), _CONCATENATED)

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:  # noqa: N802 - Jinja's way
        self.generic_visit(node)
        node.expr2 = node.expr2 or nodes.Const("", lineno=node.lineno)
        return node


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _paid(does: Callable[..., object]) -> Callable[..., object]:
    """The filter, paid for out of the message's budget."""

    @pass_context
    def paid(context: Context, value: object, *arguments: object) -> object:
        context[_BUDGET].spend(value)
        return does(value, *arguments)

    return paid


def _environment() -> Environment:
    made = _Sandbox(
        autoescape=False,  # Slack is not HTML; finalize escapes what Slack acts on
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=0,
    )
    made.globals.clear()
    made.tests = {"defined": is_defined, "undefined": lambda value: not is_defined(value)}
    filters = {**FILTERS, _ITEMS: items, _CONCATENATED: concatenated}
    made.filters = {name: _paid(one) for name, one in filters.items()}
    return made


_ENVIRONMENT: Final = _environment()
