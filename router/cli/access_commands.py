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
