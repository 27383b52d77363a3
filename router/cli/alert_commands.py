"""What there is below `alert-router group`, `silence`, `subject` and `retention`."""

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
RETENTION: Final = Group(
    "For how long what is stored is kept.",
    {
        "report": Later(
            "retention:report",
            "Print how old the oldest record of each topic and the oldest audit entry are, against the settings.",
        ),
    },
)
SUBJECT: Final = Group(
    "People whom a tenant's alerts name.",
    {
        "erase": Later(
            "subject:erase",
            "Erase a person from a tenant's live alerts and their messages; a mark stands in the value's place.",
        ),
        "export": Later(
            "subject:export",
            "Write the alert groups that hold a person to a folder or a zip, with a manifest of SHA-256 digests.",
        ),
    },
)
