"""What there is below `alert-router access`, `isolation`, `proposal` and `sealing`."""

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
        "show": Later("isolation_in_force:show", "Print the isolation policy that is in force, or a tenant's level."),
        "check": Later(
            "isolation_kept:check",
            "Name the tenants whose files in force break the level that the policy gives them.",
        ),
        "plan": Later(
            "isolation_moving:plan", "Print what moving a tenant to another pool would change; nothing is stored."
        ),
        "move": Later(
            "isolation_moving:move",
            "Move a tenant to another pool, and wait until what it has left behind is read.",
        ),
        "rights": Later(
            "isolation_rights:rights",
            "Print the rights that the login of a pool's workers needs, and no others.",
        ),
    },
)
PROPOSAL: Final = Group(
    "Changes that wait for a second person, as a control API keeps them.",
    {
        "list": Later(
            "proposal:list_all",
            "Print what was proposed, newest first: what became of it, who made it, and what it would change.",
        ),
        "show": Later("proposal:show", "Print a proposal with the difference that it would make."),
        "approve": Later("proposal:approve", "Let a proposal of somebody else take effect."),
        "reject": Later("proposal:reject", "Let a proposal never take effect; one's own is withdrawn."),
    },
)
SEALING: Final = Group(
    "Keys of tenants' own, with which what is stored of their alerts is sealed.",
    {
        "list": Later("sealing:list_all", "Print the keys of a tenant, or of all: which seals, which only open."),
        "pin": Later(
            "sealing:pin", "Print the pins of what a tenant's senders seal to, for `alert-router seal --pin`."
        ),
        "rotate": Later("sealing:rotate", "Make a tenant's next keys: they seal from now on, those before open."),
        "rewrap": Later("sealing:rewrap", "Wrap tenants' keys again, with the newest key of the key service."),
        "reseal": Later(
            "sealing:reseal",
            "Seal what is stored of a tenant's alert groups with its newest key, where an older one has sealed it.",
        ),
        "destroy": Later("destroying:destroy", "Destroy keys of a tenant: what they sealed can never be read again."),
    },
)
