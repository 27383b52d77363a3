"""Which workspace a token belongs to, by the token's digest."""

from tests.contracts.engines import Engine


async def test_a_workspace_is_remembered_by_the_digest_of_its_token(engine: Engine) -> None:
    assert await engine.workspaces.find("digest") is None

    await engine.workspaces.remember("digest", "T1-B1")

    assert await engine.workspaces.find("digest") == "T1-B1"
    assert await engine.workspaces.find("another") is None


async def test_what_slack_answered_last_counts(engine: Engine) -> None:
    await engine.workspaces.remember("digest", "T1-B1")
    await engine.workspaces.remember("digest", "T2-B2")

    assert await engine.workspaces.find("digest") == "T2-B2"
