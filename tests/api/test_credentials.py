"""Tokens and secrets over HTTP: shown once, or never."""

from router.api.credentials import MAX_SECRET
from tests.api.serving import OPERATOR, Asking
from tests.bounds import tries
from tests.config.samples import SMALL

ADMIN = "tenant_admin@acme"


async def test_a_token_is_shown_once_and_revoked_by_its_id(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    made = await api.ask(ADMIN, "POST", "/tenants/acme/tokens")
    listed = await api.ask("editor@acme", "GET", "/tenants/acme/tokens")

    assert (made.status, made.headers["Cache-Control"]) == (201, "no-store")
    assert [one["id"] for one in listed.json["items"]] == [made.json["id"]]
    assert made.json["token"] not in listed.text
    path = f"/tenants/acme/tokens/{made.json['id']}"
    assert [(await api.ask(ADMIN, "DELETE", path)).status for _ in range(2)] == [204, 404]


async def test_a_secret_is_set_and_listed_and_nobody_reads_it_back(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    path = "/tenants/acme/secrets/other"
    put = await api.ask(ADMIN, "PUT", path, {"value": "xoxb-very-secret"})
    listed = await api.ask("editor@acme", "GET", "/tenants/acme/secrets")
    audited = await api.ask(ADMIN, "GET", "/tenants/acme/audit")

    assert (put.status, listed.json) == (204, {"items": [{"name": "other"}]})
    assert (await api.ask(OPERATOR, "GET", path)).status == 405
    assert "very-secret" not in listed.text + audited.text
    assert [(await api.ask(ADMIN, "DELETE", path)).status for _ in range(2)] == [204, 404]


async def test_a_secret_of_a_wrong_form_is_not_repeated(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    for body in (
        {"value": "very-secret", "more": 1},
        {"value": ["very-secret"]},
        {"secret": "very-secret"},
        "{very-secret",
    ):
        answer = await api.ask(ADMIN, "PUT", "/tenants/acme/secrets/other", body)
        assert (answer.status, answer.problem) == (400, "invalid-request")
        assert "very-secret" not in answer.text


async def test_the_secret_that_a_configuration_names_stays(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    await api.ask(ADMIN, "PUT", "/tenants/acme/secrets/slack", {"value": "xoxb-1"})
    assert (await api.ask(ADMIN, "DELETE", "/tenants/acme/secrets/slack")).problem == "not-possible"


@tries("secret that is sent to the control API")
async def test_a_longer_secret_is_refused(api: Asking, beyond: int) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    answer = await api.ask(ADMIN, "PUT", "/tenants/acme/secrets/other", {"value": "s" * (MAX_SECRET + beyond)})
    assert answer.status == (400 if beyond > 0 else 204)
