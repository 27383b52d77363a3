"""The built-in templates, compiled once and printed many times a second.

Jinja prepares a context for each rendering, which costs more than what these short templates do with it. Theirs
copies nothing, and calls functions that want no context without asking what they want.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from gettext import NullTranslations
from types import BuiltinMethodType, CodeType, FunctionType, MethodType
from typing import Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined, Template, pass_context
from jinja2.filters import do_map
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.utils import missing

from router.core.slack.markup import Safe, as_written, bold, capitalized, code, inline, join, sentence

_KNOWN: Final = frozenset({FunctionType, MethodType, BuiltinMethodType})
_INSIDE: Final = frozenset({"_loop_vars", "_block_vars"})
"""Passed on by Jinja to functions that want the context."""

_FILTERS: Final[Mapping[str, Callable[..., object]]] = {
    "bold": bold,
    "capitalized": capitalized,
    "code": code,
    "join": join,
    "sentence": sentence,
    "short": inline,
}


class _Names(dict[str, object]):
    """Values by their names, with Jinja's mark for those that are missing."""

    def __missing__(self, name: str) -> object:
        return missing


class _Context(Context):
    """The values of one rendering above the globals of its template."""

    def __init__(self, template: "BuiltIn", values: Mapping[str, object]) -> None:
        self.parent = _Names(template.globals)
        self.parent.update(values)
        # What a template sets is a variable of its code, so that looking in `vars` is left out.
        self.resolve_or_missing = self.parent.__getitem__  # type: ignore[method-assign, assignment]
        self.vars = {}
        self.environment = template.environment
        self.eval_ctx = template.eval_ctx
        self.exported_vars = set()
        self.name = template.name
        self.globals_keys = template.globals_keys
        self.blocks = {name: [block] for name, block in template.blocks.items()} if template.blocks else {}

    def call(self, called: Any, /, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as jinja has it
        """Call a function of a template."""
        if type(called) not in _KNOWN or hasattr(called, "jinja_pass_arg") or not _INSIDE.isdisjoint(named):
            return super().call(called, *arguments, **named)
        return called(*arguments, **named)


class BuiltIn(Template):
    """A template that is trusted."""

    eval_ctx: EvalContext
    globals_keys: set[str]

    @classmethod
    def ready(cls, made: Environment, code: CodeType) -> "BuiltIn":
        """The compiled template in the environment of one language."""
        template: BuiltIn = cls.from_code(made, code, made.make_globals(None))  # type: ignore[assignment]  # of cls
        # A plain mapping is merged faster than Jinja's ChainMap.
        template.globals = dict(template.globals)
        template.globals_keys = set(template.globals)
        template.eval_ctx = EvalContext(made, template.name)
        return template

    def print(self, values: Mapping[str, object]) -> str:
        """The text."""
        return "".join(self.root_render_func(_Context(self, values)))


def environment(sources: Mapping[str, str], translations: NullTranslations | None = None) -> Environment:
    """Where the templates of one language are compiled: translated, escaped for Slack, strict about names."""
    made = Environment(
        loader=DictLoader(dict(sources)),
        extensions=["jinja2.ext.i18n"],
        autoescape=False,  # noqa: S701 - Slack is not HTML; finalize escapes what Slack acts on
        finalize=as_written,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.filters.update(_FILTERS, map=_map)
    one, one_of = _gettext(translations or NullTranslations())
    made.install_gettext_callables(one, one_of, newstyle=True)  # type: ignore[attr-defined]  # the i18n extension's
    made.globals.update(gettext=one, ngettext=one_of)
    return made


def _gettext(words: NullTranslations) -> tuple[Callable[..., Safe], Callable[..., Safe]]:
    """Translations into which values are filled; each is looked up once."""

    @lru_cache(maxsize=1024)
    def known(message: str) -> Safe:
        return Safe(words.gettext(message))

    def one(message: str, /, **values: object) -> Safe:
        return known(message) % values

    def one_of(singular: str, plural: str, num: int, /, **values: object) -> Safe:
        return Safe(words.ngettext(singular, plural, num)) % {"num": num, **values}

    return one, one_of


@pass_context
def _map(context: Context, values: Iterable[object], *arguments: Any, **named: Any) -> Iterable[object]:  # noqa: ANN401
    """Jinja's, but that one of our filters is called as it is."""
    own = _FILTERS.get(arguments[0]) if len(arguments) == 1 and not named else None
    return map(own, values) if own is not None else do_map(context, values, *arguments, **named)


def compile_templates(sources: Mapping[str, str], translations: NullTranslations) -> Mapping[str, BuiltIn]:
    """Every template, by its name without the ending."""
    made = environment(sources, translations)
    return {
        name.removesuffix(".j2"): BuiltIn.ready(made, _compiled(name, source)) for name, source in sources.items()
    }


@lru_cache(maxsize=256)
def _compiled(name: str, source: str) -> CodeType:
    """The same for every language: texts are looked up when they are printed."""
    return environment({}).compile(source, name, name)
