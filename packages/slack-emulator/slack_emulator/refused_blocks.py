"""Blocks that a workspace does not take, as Slack answers where a block is not rolled out."""

from collections.abc import Collection, Sequence
from typing import Any

from slack_emulator.refusal import RefusalError


def demand_taken(blocks: Sequence[dict[str, Any]], refused: Collection[str]) -> None:
    """Refuse blocks of these types, and name each."""
    failed = [(place, block["type"]) for place, block in enumerate(blocks) if block["type"] in refused]
    if failed:
        lines = [f"unsupported type: {kind} [json-pointer:/blocks/{place}/type]" for place, kind in failed]
        raise RefusalError("invalid_blocks", lines, {"errors": lines})
