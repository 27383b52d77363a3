"""Routes that no alert reaches, and those that keep others from being reached."""

from collections.abc import Iterator, Sequence

from router.config.compile.matchers import matchers_of
from router.config.document.routes import Branch, Inheritable
from router.config.document.tenant import TenantDocument
from router.config.lint.takers import Takers
from router.core.match.logic import exclusive, is_always
from router.core.match.matcher import Matcher
from router.diagnostic import Diagnostic, KeyPath, path_text

_UNGROUPED = (
    "`group_by` is left out, so alerts are grouped as their sender groups them; if another sender must change "
    "nothing, write it: group_by: [alertname], or [] for one message of all"
)

Given = Sequence[Matcher]


def doubtful_routes(document: TenantDocument) -> Iterator[Diagnostic]:
    """Of a route that nothing reaches, those below are not looked at."""
    if document.route.group_by is None:
        yield Diagnostic(_UNGROUPED, ("route",), about_key=True)
    yield from _below(document.route, ("route",), ())


def _below(route: Inheritable, path: KeyPath, given: Given) -> Iterator[Diagnostic]:
    takers = Takers()
    for index, child in enumerate(route.routes):
        where = (*path, "routes", index)
        own = matchers_of(child.matchers)
        known = (*given, *own)
        unreached = _unreached(own, given, takers)
        if unreached:
            yield Diagnostic(unreached, where)
            continue
        yield from _below(child, where, known)
        if child.continue_:
            continue
        after = len(route.routes) - index - 1
        if after and all(map(is_always, own)):
            yield Diagnostic(_swallows(child, after), where)
            return
        takers.add(path_text(where), own)


def _unreached(own: Given, given: Given, takers: Takers) -> str:
    """Why no alert reaches a route; "" where one may."""
    if (pair := exclusive(own, given)) is not None:
        one, other = pair
        return f"no alert reaches it: `{one}` and `{other}` exclude each other; correct one or remove the route"
    taker = takers.taker(own, given)
    if taker is None:
        return ""
    return f"no alert reaches it: {taker} takes all of them; put it before that, or give that `continue: true`"


def _swallows(child: Branch, after: int) -> str:
    how = "has no matchers" if not child.matchers else "takes every alert"
    others = "the route after it is" if after == 1 else f"the {after} routes after it are"
    return f"{how}, so {others} never tried; put it last, or give it `continue: true`"
