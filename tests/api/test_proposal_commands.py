"""`proposal ...` and `isolation show`: what a second person decides, and how far a tenant is kept apart."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from router.control.access.permissions import Permission
from router.control.isolation.in_force import isolation_in_force
from router.control.isolation.reading import Given
from tests.api.offering import written
from tests.api.serving import Asking, asking
from tests.cli.running import fed, refused
from tests.config.samples import SMALL, changed
from tests.control.access.documents import SMALL as ACCESS
from tests.e2e.system import Finished
from tests.issuer import Issuer
from tests.record_at import RecordAt
from tests.redis_at import redis_at

ANA: Final = "operator@all"
BEN: Final = "operator@all#1"
POLICY: Final = "version: 1\ndefault: all\nlevels: [{name: all}]\n"


@pytest.fixture
async def api(
    record: RecordAt, emptied: str, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Asking]:
    """An API with a policy, where the operator's part and the access document take two."""
    in_force = isolation_in_force(POLICY, "policy", Given({}))
    monkeypatch.setattr("router.app.control_api.isolation_of", lambda _: in_force)
    redis = redis_at(emptied)
    async with asking(record, redis, issuer, Permission.PLATFORM_WRITE, Permission.ACCESS_WRITE) as one:
        yield one
    await redis.close()


async def command(api: Asking, who: str, *words: str) -> Finished:
    """A command of somebody with a login."""
    return await fed(b"", *words, SERVER=api.url, TOKEN=api.issuer.token(int(time.time()), sub=who))


async def test_what_one_proposes_another_looks_at_and_approves(api: Asking, tmp_path: Path) -> None:
    file = written(tmp_path, "acme.yaml", SMALL)
    proposed = await command(api, ANA, "tenant", "apply", str(file), "-m", "a start")
    refused(proposed, 1, "takes a second person", "alert-router proposal approve 1 --tenant acme")

    listed = await command(api, BEN, "proposal", "list", "--tenant", "acme")
    assert listed.out.startswith(f"1\topen\t{ANA}\t"), listed.err
    assert listed.out.endswith("\ta start\n")
    shown = await command(api, BEN, "proposal", "show", "1", "--tenant", "acme")
    assert shown.out.endswith(SMALL)
    refused(await command(api, ANA, "proposal", "approve", "1", "--tenant", "acme"), 1, "own_proposal")
    done = await command(api, BEN, "proposal", "approve", "1", "--tenant", "acme")
    assert done.out == "proposal 1 is approved: version 1 is active\n"
    assert (await api.ask(ANA, "GET", "/tenants/acme/configuration")).text == SMALL


async def test_programs_read_the_same_and_a_proposal_is_withdrawn(api: Asking, tmp_path: Path) -> None:
    file = written(tmp_path, "acme.yaml", SMALL)
    await command(api, ANA, "tenant", "apply", str(file))
    [one] = json.loads((await command(api, BEN, "proposal", "list", "--tenant", "acme", "--json")).out)
    shown = json.loads((await command(api, BEN, "proposal", "show", "1", "--tenant", "acme", "--json")).out)
    assert (one["number"], shown["document"]) == (1, SMALL)
    done = await command(api, ANA, "proposal", "reject", "1", "--tenant", "acme", "--json")
    assert json.loads(done.out) == {"tenant": "acme", "number": 1, "state": "withdrawn"}
    refused(await command(api, BEN, "proposal", "show", "2", "--tenant", "acme"), 1, "has no proposal 2")


async def test_without_a_tenant_it_is_the_access_document(api: Asking, tmp_path: Path) -> None:
    file = written(tmp_path, "access.yaml", ACCESS)
    assert (await command(api, BEN, "proposal", "list")).err == "nothing was proposed\n"
    proposed = await command(api, ANA, "access", "apply", str(file))
    refused(proposed, 1, "takes a second person", "alert-router proposal approve 1")
    assert (await command(api, BEN, "proposal", "list")).out.startswith("1\topen\t")
    done = await command(api, BEN, "proposal", "approve", "1", "--json")
    assert json.loads(done.out) == {"tenant": None, "number": 1, "state": "approved", "version": 1}


async def test_of_a_change_the_difference_is_shown(api: Asking, tmp_path: Path) -> None:
    await api.apply(ANA, "acme", SMALL)
    await api.ask(BEN, "POST", "/tenants/acme/proposals/1/approve")
    file = written(tmp_path, "acme.yaml", changed("secret: slack", "secret: other"))
    refused(await command(api, ANA, "tenant", "apply", str(file)), 1, "proposal approve 2")
    shown = await command(api, BEN, "proposal", "show", "2", "--tenant", "acme")
    assert ("secret: other" in shown.out, "\n-" in shown.out, "\n+" in shown.out) == (True, True, True)


async def test_without_a_server_nobody_knows_who_decides() -> None:
    refused(await fed(b"", "proposal", "list"), 2, "--server", "ALERT_ROUTER_SERVER")


async def test_the_policy_that_is_in_force_is_printed_here_and_by_the_api(api: Asking, tmp_path: Path) -> None:
    file = written(tmp_path, "isolation.yaml", POLICY)
    await api.apply(ANA, "acme", SMALL)
    await api.ask(BEN, "POST", "/tenants/acme/proposals/1/approve")
    for words in ([], ["--json"]):
        here = await fed(b"", "isolation", "show", *words, CONTROL__ISOLATION_FILE=str(file))
        there = await command(api, ANA, "isolation", "show", *words)
        assert (there.code, there.out) == (here.code, here.out) == (0, here.out)
    asked = "isolation", "show", "--tenant", "acme"
    there, here = (
        json.loads(one.out)
        for one in (
            await command(api, ANA, *asked, "--json"),
            await fed(b"", *asked, "--json", CONTROL__ISOLATION_FILE=str(file)),
        )
    )
    apart = {"store": "shared", "region": "any", "shard": None}
    level = {"level": "all", "data": "shared", "budget": "own", "keys": "shared", "topic": "shared", **apart}
    assert there == {**level, "workers": "shared", "pool": "shared"}
    assert here == {**there, "pool": None}, "no engine is asked here"
    assert (await command(api, ANA, *asked)).out.split() == ["all", "shared", "own", *["shared"] * 5, "any"]
    refused(await fed(b"", "isolation", "show"), 2, "ALERT_ROUTER_CONTROL__ISOLATION_FILE")


async def test_how_many_partitions_a_tenant_has_is_shown_with_its_level(api: Asking) -> None:
    await api.apply(ANA, "acme", changed("platform: {", "platform: {shard: 3, "))
    await api.ask(BEN, "POST", "/tenants/acme/proposals/1/approve")
    asked = "isolation", "show", "--tenant", "acme"

    assert json.loads((await command(api, ANA, *asked, "--json")).out)["shard"] == 3
    assert (await command(api, ANA, *asked)).out.split()[-2:] == ["any", "3"]
