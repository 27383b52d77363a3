"""Who may do what, through HTTP: every role, every route, one's own tenant and another's."""

from typing import Final

import pytest
from fastapi.routing import APIRoute

from router.api.application import permission_of, routes_of
from router.api.control import PREFIX
from router.api.guard import Needs, NeedsOfEach
from router.api.once import Once
from router.control.access.permissions import INSTALLATION_WIDE, Permission
from router.control.access.roles import BUILT_IN
from tests.api.serving import OPERATOR, PERSONS, Answered, Asking
from tests.config.samples import SMALL
from tests.docs.pages import TOP

ROUTES: Final = routes_of(None)  # type: ignore[arg-type]
NOWHERE: Final = "initech"


def test_every_route_asks_for_exactly_one_permission() -> None:
    assert len(ROUTES) > 15
    assert {f"{sorted(one.methods or ())} {one.path}": len(permission_of(one)) for one in ROUTES} == {
        f"{sorted(one.methods or ())} {one.path}": 1 for one in ROUTES
    }


def test_each_permission_is_asked_for_by_a_route_or_the_page_names_it() -> None:
    unasked = set(Permission) - {one.permission for route in ROUTES for one in permission_of(route)}
    page = (TOP / "docs/access.md").read_text(encoding="utf-8")
    named = " or ".join(f"`{one}`" for one in sorted(unasked))
    assert f"No route\nasks for {named} so far" in page


def test_the_answer_of_every_post_that_changes_something_is_kept_for_a_request_that_comes_twice() -> None:
    posts = [one for one in ROUTES if "POST" in (one.methods or ()) and not _reads(one)]
    assert len(posts) > 5
    assert [one.path for one in posts if not isinstance(one, Once)] == []


def _reads(route: APIRoute) -> bool:
    [wanted] = permission_of(route)
    return wanted.permission.endswith((".read", ".export"))


def _path(route: APIRoute, tenant: str) -> str:
    filled = {"{tenant}": tenant, "{token}": "0" * 8, "{key}": "0" * 8, "{name}": "absent", "{version}": "99",
              "{silence}": "absent", "{group}": "0" * 32, "{number}": "99", "{letter}": "absent",
              "{erasure}": "0" * 8}  # fmt: skip
    path = route.path.removeprefix(PREFIX)
    for name, value in filled.items():
        path = path.replace(name, value)
    return path


async def _asked(api: Asking, who: str, route: APIRoute, tenant: str) -> Answered:
    """A complete request; where it is let in it changes nothing, but for keys that are made."""
    [method] = route.methods or {"GET"}
    last = route.path.rpartition("/")[2]
    path = _path(route, tenant) + _QUERIES.get(last, "")
    return await api.ask(who, method, path, _BODIES.get(last) if method in {"POST", "PUT"} else None)


_QUERIES: Final = {"rollback": "?to=99", "diff": "?from=1&to=1"}
_BODIES: Final = {
    "keys": {"role": "viewer"},
    "{name}": {"value": ""},
    "silences": {"matcher_sets": [], "comment": "c"},
    "redrive": {"ids": ["absent"]},
    "export": {"value": "eve"},
    "plan": {"value": "eve"},
    "erasures": {"value": "eve", "plan": "0" * 64},
    "certify": {},
}


@pytest.mark.long
@pytest.mark.parametrize("scope", ["acme", "all"])
@pytest.mark.parametrize("role", BUILT_IN)
async def test_a_role_may_do_what_it_holds_for_its_tenants_and_learns_of_no_other(
    api: Asking, role: str, scope: str
) -> None:
    for tenant in ("acme", "globex"):
        await api.apply(OPERATOR, tenant, SMALL.replace("acme", tenant))
    for number, route in enumerate(ROUTES):
        who = f"{role}@{scope}#{number % PERSONS}"
        [wanted] = permission_of(route)
        for tenant in ("acme", "globex") if "{tenant}" in route.path else ("",):
            answer = await _asked(api, who, route, tenant)
            expected = _expected(wanted, role, scope, tenant)
            refused = answer.problem if answer.status >= 400 else ""
            assert (route.path, tenant, refused if refused in _REFUSALS else "") == (route.path, tenant, expected)


_REFUSALS: Final = {"not-allowed", "unknown-tenant", "not-authenticated", "internal-error"}


def _expected(wanted: Needs, role: str, scope: str, tenant: str) -> str:
    """From the roles alone: "" where it is let in."""
    reaches = scope in {"all", tenant} and (scope == "all" or wanted.permission not in INSTALLATION_WIDE)
    if isinstance(wanted, NeedsOfEach) or (reaches and wanted.permission in BUILT_IN[role].permissions):
        return ""
    return "unknown-tenant" if tenant and scope not in {"all", tenant} else "not-allowed"


async def test_a_tenant_of_somebody_else_answers_as_one_that_there_is_not(api: Asking) -> None:
    await api.apply(OPERATOR, "globex", SMALL.replace("acme", "globex"))
    for number, route in enumerate(ROUTES):
        if "{tenant}" in route.path:
            who = f"tenant_admin@acme#{number % PERSONS}"
            there = await _asked(api, who, route, "globex")
            nowhere = await _asked(api, who, route, NOWHERE)
            assert (there.status, there.text.replace("globex", NOWHERE)) == (404, nowhere.text)
            assert _named(there) == _named(nowhere)


def _named(answer: Answered) -> set[str]:
    return {f"{name}: {value}" for name, value in answer.headers.items() if name not in {"Date", "Content-Length"}}
