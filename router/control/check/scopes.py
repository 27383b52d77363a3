"""The scopes of a tenant's Slack app: the manifest in `deploy/slack/` asks for these and no others."""

from typing import Final

SENDING: Final = ("chat:write",)
"""To post, edit and reply."""

LOOKING: Final = ("channels:read", "groups:read")
"""To see which channels the bot is in: only `tenant check` asks that."""

NEEDED: Final = (*SENDING, *LOOKING)
