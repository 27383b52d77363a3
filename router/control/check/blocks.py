"""Which of Slack's newer blocks a workspace takes, as its workers have seen it: Slack has no call that says so."""

from typing import Final

from router.control.check.result import CheckResult, State
from router.core.model.instant import to_datetime
from router.core.model.token import token_digest
from router.core.slack.new_block import NewBlock
from router.ports.slack import BlockTrial, Verdict, Workspaces

_GOES_WITHOUT: Final = "messages go without it there; workers try it again a day later"
_NOT_TRIED: Final = "not tried in the last day"
_TRY: Final = "nothing to do: the first message that has one tries it"
_NAMES: Final = {NewBlock.CHART: "charts", NewBlock.CONTAINER: "folded lists"}


async def check_blocks(workspaces: Workspaces, token: str | None) -> list[CheckResult]:
    """One result for each block; they are unknown where nobody has sent one with this token."""
    known = await workspaces.find(token_digest(token)) if token is not None else None
    tried = await workspaces.tried(known.workspace) if known is not None else {}
    return [_result(block, tried.get(block)) for block in NewBlock]


def _result(block: NewBlock, trial: BlockTrial | None) -> CheckResult:
    name = _NAMES[block]
    if trial is None:
        return CheckResult(name, State.UNKNOWN, f"{block}: {_NOT_TRIED}", _TRY)
    at = to_datetime(trial.at).strftime("%Y-%m-%d %H:%M:%S UTC")
    if trial.verdict is Verdict.TAKEN:
        return CheckResult(name, State.OK, f"{block}: taken at {at}")
    return CheckResult(name, State.UNKNOWN, f"{block}: refused at {at}", _GOES_WITHOUT)
