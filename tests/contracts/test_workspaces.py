"""Which workspace a token belongs to, by the token's digest."""

from router.core.model.instant import SECOND, Instant
from router.core.slack.new_block import NewBlock
from router.ports.slack import BlockTrial, Identity, Verdict
from tests.adapters.builders import NOON
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


async def test_of_each_block_what_became_of_it_last_counts(engine: Engine) -> None:
    taken, refused = BlockTrial(Verdict.TAKEN, NOON), BlockTrial(Verdict.REFUSED, Instant(NOON + SECOND))
    assert await engine.workspaces.tried("T1-B1") == {}

    await engine.workspaces.note_tried("T1-B1", list(NewBlock), taken)
    await engine.workspaces.note_tried("T1-B1", [NewBlock.CHART], refused)

    assert await engine.workspaces.tried("T1-B1") == {NewBlock.CHART: refused, NewBlock.CONTAINER: taken}
    assert await engine.workspaces.tried("T2-B2") == {}
