"""What there is below `alert-router group` and `alert-router silence`."""

from typing import Final

from router.cli.later import Group, Later

GROUP: Final = Group(
    "Alert groups, as they stand now.",
    {
        "list": Later(
            "group:list_all",
            "Print a tenant's open alert groups: where each is shown, how many alerts fire, and since when.",
        ),
        "show": Later("group:show", "Print an alert group with its alerts, those first that fire."),
    },
)
SILENCE: Final = Group(
    "What tenants are not notified of for a while.",
    {
        "add": Later(
            "silence:add",
            "Hold back what matches, until the silence ends; then it is sent once, as it is by then.",
        ),
        "list": Later("silence:list_all", "Print a tenant's silences that are active or pending, by when they end."),
        "expire": Later("silence:expire", "End a silence now; what it held back is sent once, as it is by then."),
    },
)
