"""Who is let in: keys and tokens, shown once and in one way, from where they may be."""

import pytest

from router.core.model.instant import Instant
from tests.api.serving import OPERATOR, Asking
from tests.config.samples import SMALL

PATH = "/tenants/acme"


@pytest.mark.parametrize("shown", [
    "", "Basic b3BlcmF0b3I6eA==", "Bearer", "Bearer ", "Bearer x.y.z", "Bearer ark_", "Bearer ark_unknown",
    "ark_unknown",
])  # fmt: skip
async def test_nobody_that_is_known_is_let_in_nowhere(api: Asking, shown: str) -> None:
    answer = await api.ask("", "GET", PATH, **({"Authorization": shown} if shown else {}))
    assert (answer.status, answer.problem, answer.headers["WWW-Authenticate"]) == (401, "not-authenticated", "Bearer")


async def test_two_credentials_in_one_request_are_none(api: Asking) -> None:
    keys = [("Authorization", f"Bearer {await api.key('operator')}") for _ in range(2)]
    async with api.session.get(f"{api.url}/control/v1/tenants", headers=keys) as answer:
        assert answer.status == 401


async def test_a_key_has_its_role_for_its_tenant_in_its_networks_until_it_ends(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    good = {
        "for all": (await api.key("viewer"), 200),
        "its tenant": (await api.key("viewer", "acme"), 200),
        "in its network": (await api.key("viewer", "acme", "127.0.0.0/8"), 200),
        "another tenant": (await api.key("viewer", "globex"), 404),
        "a role that there is not": (await api.key("root", "acme"), 404),
        "another network": (await api.key("viewer", "acme", "10.0.0.0/8"), 401),
        "ended": (await api.key("viewer", "acme", ends=Instant(1)), 401),
    }
    assert {name: (await api.ask(key, "GET", PATH)).status for name, (key, _) in good.items()} == {
        name: status for name, (_, status) in good.items()
    }


async def test_no_header_of_a_client_changes_where_it_comes_from_or_who_it_is(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    elsewhere = await api.key("viewer", "acme", "10.0.0.0/8")
    tricks = {"X_Forwarded_For": "10.0.0.1", "Forwarded": "for=10.0.0.1", "X_Real_IP": "10.0.0.1"}
    assert (await api.ask(elsewhere, "GET", PATH, **tricks)).status == 401
    who = {"X_Tenant": "acme", "X_User": "operator@all", "X_HTTP_Method_Override": "DELETE"}
    assert (await api.ask("tenant_admin@globex", "GET", PATH, **who)).status == 404


async def test_somebody_whom_no_binding_is_for_learns_of_no_tenant(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    assert (await api.ask("stranger", "GET", "/tenants")).json["items"] == []
    assert (await api.ask("stranger", "GET", PATH)).status == 404


@pytest.mark.parametrize("path", ["/tenants/..%2Facme", "/tenants/ACME", "/tenants/%00", "/tenants/acme%20",
                                  "/tenants/*", "/tenants/acme/../globex"])  # fmt: skip
async def test_no_spelling_of_a_tenant_is_another_tenant(api: Asking, path: str) -> None:
    await api.apply(OPERATOR, "globex", SMALL.replace("acme", "globex"))
    assert (await api.ask("tenant_admin@acme", "GET", path)).status == 404


async def test_requests_of_one_principal_are_limited_and_nobody_elses(api: Asking) -> None:
    answers = [await api.ask("viewer@acme", "GET", "/tenants") for _ in range(80)]
    late = next(one for one in answers if one.status == 429)
    assert (late.problem, int(late.headers["Retry-After"]) >= 1) == ("too-many-requests", True)
    assert (await api.ask("viewer@globex", "GET", "/tenants")).status == 200


async def test_a_key_is_made_once_shown_once_and_never_of_more_than_its_maker_may(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    path = "/tenants/acme/keys"
    made = await api.ask("tenant_admin@acme", "POST", path, {"role": "editor", "name": "ci", "days": 7})
    beyond = await api.ask("tenant_admin@acme", "POST", path, {"role": "operator"})
    listed = await api.ask("tenant_admin@acme", "GET", path)

    assert (made.status, made.headers["Cache-Control"]) == (201, "no-store")
    assert (beyond.status, beyond.problem) == (403, "not-allowed")
    assert [one["id"] for one in listed.json["items"]] == [made.json["id"]]
    assert made.json["key"] not in listed.text
    assert (await api.ask(made.json["key"], "GET", PATH)).status == 200
    assert (await api.ask("tenant_admin@acme", "DELETE", f"{path}/{made.json['id']}")).status == 204
    assert (await api.ask(made.json["key"], "GET", PATH)).status == 401
