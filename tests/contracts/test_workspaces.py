"""Which workspace a token belongs to, by the token's digest."""

from router.ports.slack import Identity
from tests.contracts.engines import Engine

ACME, GLOBEX = Identity("T1-B1", "https://acme.slack.com/"), Identity("T2-B2")


async def test_a_workspace_is_remembered_by_the_digest_of_its_token(engine: Engine) -> None:
    assert await engine.workspaces.find("digest") is None

    await engine.workspaces.remember("digest", ACME)

    assert await engine.workspaces.find("digest") == ACME
    assert await engine.workspaces.find("another") is None


async def test_what_slack_answered_last_counts(engine: Engine) -> None:
    await engine.workspaces.remember("digest", ACME)
    await engine.workspaces.remember("digest", GLOBEX)

    assert await engine.workspaces.find("digest") == GLOBEX
