"""Refuses a message for a picture that Slack cannot fetch, as Slack does: the whole message, with text and all.

Nothing is fetched here; what cannot be is set up per workspace, by how addresses begin. A picture beside a section
(its accessory) is the exception: Slack shows a broken picture there.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from slack_emulator.attachments import blocks_of
from slack_emulator.draft import Draft
from slack_emulator.refusal import RefusalError

Json = dict[str, Any]


def demand_pictures(draft: Draft, unreachable: Collection[str]) -> None:
    """Refuse a draft with a picture whose address begins like one of the unreachable."""
    failed = [pointer for pointer, url in _pictures(draft.blocks or ()) if url.startswith(tuple(unreachable))]
    if failed:
        lines = [f"downloading image failed [json-pointer:/blocks{pointer}]" for pointer in failed]
        raise RefusalError("invalid_blocks", lines, {"errors": lines})
    if any(url.startswith(tuple(unreachable)) for _, url in _pictures(blocks_of(draft.attachments or ()))):
        raise RefusalError("invalid_attachments")


def _pictures(blocks: Sequence[Json]) -> Iterator[tuple[str, str]]:
    """The address of each picture, and where it stands."""
    for place, block in enumerate(blocks):
        if block["type"] == "image":
            yield f"/{place}/image_url", block["image_url"]
        for inner, element in enumerate(block["elements"] if block["type"] == "context" else ()):
            if element["type"] == "image":
                yield f"/{place}/elements/{inner}/image_url", element["image_url"]
