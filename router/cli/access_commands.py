"""What there is below `alert-router access` and `alert-router isolation`."""

from typing import Final

from router.cli.later import Group, Later

ACCESS: Final = Group(
    "Who may do what through the control API.",
    {
        "lint": Later("access:lint", "Check an access document; every error with its line, column and remedy."),
        "show": Later(
            "access:show",
            "Print an access document as it is understood: each role with its permissions, each binding in words.",
        ),
        "apply": Later("access_stored:apply", "Store an access document as the one that is in force."),
        "history": Later("access_stored:history", "Print the versions of the stored access document, newest first."),
        "print": Later("access_stored:print_stored", "Print the stored access document, as it was applied."),
        "rollback": Later(
            "access_stored:rollback", "Make an earlier version of the access document the one in force again."
        ),
        "test": Later(
            "access:ask",
            "Ask an access document whether somebody may do something; exits with 1 where it is denied.",
        ),
    },
)
ISOLATION: Final = Group(
    "How far tenants are kept apart.",
    {
        "lint": Later(
            "isolation:lint",
            "Check an isolation policy: every mistake with its place, and what these settings do not enforce.",
        ),
    },
)
