"""The scopes of a tenant's Slack app: the manifest in `deploy/slack/` asks for these and no others."""

from typing import Final

SENDING: Final = ("chat:write",)
"""To post, edit and reply."""

LOOKING: Final = ("channels:read", "groups:read")
"""To see which channels the bot is in: only `tenant check` asks that."""

HISTORY: Final = ("channels:history", "groups:history")
"""To look for a post whose answer was lost. Nothing reads channels back yet, so these are not asked for."""

NEEDED: Final = (*SENDING, *LOOKING)
