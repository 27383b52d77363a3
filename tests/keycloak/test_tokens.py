"""The contract with a real identity provider: its tokens are judged as those of the tests' own issuer are."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
from alert_router_local.process import Engine

from router.app.access_file import access_of
from tests.api.serving import Asking, asking_by
from tests.config.samples import SMALL
from tests.conftest import an_empty_redis
from tests.issuer import Issuer
from tests.keycloak.server import Keycloak
from tests.record_at import RecordAt
from tests.redis_at import redis_at
from tests.waiting import eventually

ACCESS: Final = Path(__file__).parent / "access.yaml"
RULES: Final = "".join(line for line in SMALL.splitlines(keepends=True) if not line.startswith("platform"))
CONFIGURATION: Final = "/tenants/acme/configuration"


@pytest.fixture
async def api(record: RecordAt, valkey: Engine, keycloak: Keycloak, tmp_path: Path) -> AsyncIterator[Asking]:
    """The control API by an access document that trusts both realms."""
    document = tmp_path / "access.yaml"
    document.write_text(ACCESS.read_text(encoding="utf-8").replace("URL", keycloak.url), encoding="utf-8")
    async with an_empty_redis(valkey) as url:
        redis = redis_at(url)
        async with asking_by(record, redis, Issuer(), access_of(document)) as one:
            yield one
        await redis.close()


async def of(keycloak: Keycloak, name: str) -> str:
    return str((await keycloak.person(name))["access_token"])


async def test_people_may_do_what_their_groups_are_bound_to(api: Asking, keycloak: Keycloak) -> None:
    ana, ben, carl = [await of(keycloak, name) for name in ("ana", "ben", "carl")]
    for tenant in ("acme", "globex"):
        assert (await api.apply(ana, tenant, SMALL.replace("acme", tenant))).status == 200

    async def tenants(who: str) -> list[str]:
        return [one["tenant"] for one in (await api.ask(who, "GET", "/tenants")).json["items"]]

    assert (await tenants(ana), await tenants(ben), await tenants(carl)) == (["acme", "globex"], ["acme"], [])
    assert (await api.ask(ben, "GET", "/tenants/globex")).status == 404
    denied = await api.ask(ben, "POST", "/tenants/acme/tokens")
    assert (denied.status, "token.write of role tenant_admin" in denied.json["detail"]) == (403, True)
    [entry] = (await api.ask(ana, "GET", "/tenants/acme/audit?limit=1")).json["items"]
    assert (entry["actor"]["issuer"], entry["action"]) == (f"{keycloak.url}/realms/company", "access.denied")


async def test_a_pipeline_may_do_what_its_claims_are_bound_to(api: Asking, keycloak: Keycloak) -> None:
    assert (await api.apply(await of(keycloak, "ana"), "acme", SMALL)).status == 200
    made_of = {"If_None_Match": "", "If_Match": '"1"'}

    applied = await api.apply(await keycloak.machine("pipeline"), "acme", RULES + "locale: fr\n", **made_of)
    refused = await api.apply(await keycloak.machine("another-pipeline"), "acme", RULES, **made_of)

    assert (applied.status, refused.status) == (200, 404)


async def test_what_is_no_access_token_of_ours_lets_nobody_in(api: Asking, keycloak: Keycloak) -> None:
    good = await of(keycloak, "ana")
    head, _, signature = good.split(".")
    claims = {**read(good), "groups": ["alert-operators"], "sub": "carl"}
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    both = await keycloak.person("ana", scope="openid")
    shown = {
        "good": good,
        "the audience is another": (await keycloak.person("ana", client="elsewhere"))["access_token"],
        "an ID token": both["id_token"],
        "a refresh token": both["refresh_token"],
        "claims that it has not signed": f"{head}.{forged}.{signature}",
        "another realm's signature": ".".join(
            (await keycloak.machine("pipeline")).split(".")[:1] + good.split(".")[1:]
        ),
    }
    answers = {name: (await api.ask(token, "GET", "/tenants")).status for name, token in shown.items()}
    assert answers == dict.fromkeys(shown, 401) | {"good": 200}


def read(token: str) -> dict[str, Any]:
    """Its claims."""
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


async def test_a_realm_that_signs_with_a_new_key_is_asked_for_it(api: Asking, keycloak: Keycloak) -> None:
    before = await of(keycloak, "ana")
    assert (await api.ask(before, "GET", "/tenants")).status == 200
    await keycloak.rotate("company")
    after = await of(keycloak, "ana")
    assert after.split(".")[0] != before.split(".")[0]

    async def is_known() -> bool:
        return (await api.ask(after, "GET", "/tenants")).status == 200

    await eventually(is_known, within_s=60, every_s=1)
    assert (await api.ask(before, "GET", "/tenants")).status == 200


async def test_while_it_is_away_whom_it_has_let_in_stays_in(api: Asking, keycloak: Keycloak) -> None:
    ana = await of(keycloak, "ana")
    assert (await api.ask(ana, "GET", "/tenants")).status == 200
    await keycloak.engine.stop()
    assert not await keycloak.answers()
    assert (await api.ask(ana, "GET", "/tenants")).status == 200
