"""`alert-router tenant suspend` and `resume`, as the list shows them."""

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
