"""`alert-router hold` and `release`, and the same for one tenant, as the list shows them."""

import json

from tests.cli.running import run


async def test_a_suspended_tenant_is_listed_as_such_until_it_is_resumed(engine: str) -> None:
    suspended = await run("tenant", "suspend", "acme", REDIS__URL=engine)
    again = await run("tenant", "suspend", "acme", REDIS__URL=engine)
    listed = await run("tenant", "list", REDIS__URL=engine)
    as_json = await run("tenant", "list", "--json", REDIS__URL=engine)
    resumed = await run("tenant", "resume", "acme", REDIS__URL=engine)
    twice = await run("tenant", "resume", "acme", REDIS__URL=engine)
    after = await run("tenant", "list", REDIS__URL=engine)

    assert suspended.out == "tenant acme is suspended; to resume: alert-router tenant resume acme\n"
    assert again.out.startswith("tenant acme is suspended already; ")
    assert listed.out.startswith("acme\t1\tsuspended since 20")
    [row] = json.loads(as_json.out)
    assert (row["tenant"], row["version"]) == ("acme", 1)
    assert row["suspended_since"].endswith("Z")
    assert (resumed.out, twice.out) == ("tenant acme is resumed\n", "tenant acme is not suspended\n")
    assert after.out == "acme\t1\n"


async def test_everybody_is_on_hold_until_released_as_the_list_shows(engine: str) -> None:
    held = await run("hold", REDIS__URL=engine)
    again = await run("hold", REDIS__URL=engine)
    listed = await run("tenant", "list", REDIS__URL=engine)
    as_json = await run("tenant", "list", "--json", REDIS__URL=engine)
    released = await run("release", REDIS__URL=engine)
    twice = await run("release", REDIS__URL=engine)
    after = await run("tenant", "list", REDIS__URL=engine)

    assert held.out == "sending is on hold for everybody (1 tenants); to go on: alert-router release\n"
    assert again.out.startswith("sending is on hold for everybody already ")
    assert listed.out.startswith("acme\t1\ton hold with everybody since 20")
    assert json.loads(as_json.out)[0]["held_since"].endswith("Z")
    assert (released.out, twice.out) == ("sending goes on\n", "sending is not on hold for everybody\n")
    assert after.out == "acme\t1\n"


async def test_the_hold_of_one_tenant_is_its_suspension(engine: str) -> None:
    held = await run("hold", "acme", REDIS__URL=engine)
    resumed = await run("tenant", "resume", "acme", REDIS__URL=engine)
    await run("tenant", "suspend", "acme", REDIS__URL=engine)
    released = await run("release", "acme", REDIS__URL=engine)

    assert held.out == "tenant acme is suspended; to resume: alert-router tenant resume acme\n"
    assert (resumed.out, released.out) == ("tenant acme is resumed\n",) * 2
