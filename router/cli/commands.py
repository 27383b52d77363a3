"""All commands of `alert-router`. Nothing else is imported here: see `router.cli.later`."""

from collections.abc import Mapping
from typing import Final

import typer

from router.cli.access_commands import ACCESS, ISOLATION, PROPOSAL, SEALING
from router.cli.alert_commands import GROUP, RETENTION, SILENCE, SUBJECT
from router.cli.later import Group, Later, add_later

_ANY_ARGUMENT: Final = {"allow_extra_args": True, "ignore_unknown_options": True}
"""`secret set` itself refuses a value that was typed as an argument: the usual refusal would repeat it."""


_UPSTREAM: Final = Later(
    "upstream:upstream",
    "Print the Alertmanager receiver of a tenant, ready to paste, and the intervals for its route.",
)
_SEND_TEST: Final = Later(
    "send_test:send_test", "Send one test message, marked as such, to a receiver's channel in its language."
)

COMMANDS: Final[Mapping[str, Later]] = {
    "preview": Later(
        "preview:preview",
        "Show what Slack would show for a webhook, or a sequence of them with its edits and threads.",
    ),
    "explain": Later(
        "explain:explain",
        "Explain for each alert which routes it tries, where it goes, what holds it back, and what comes next.",
    ),
    "apply": Later("folder:apply", "Apply a folder of tenants' files, or exactly the plan that was made of it."),
    "import": Later(
        "import_:import_alertmanager_yml",
        "Print an alertmanager.yml as a tenant's file, and on stderr each thing that has no place in one.",
    ),
    "upstream": _UPSTREAM._replace(hidden=True),
    "send-test": _SEND_TEST._replace(hidden=True),
    "hold": Later(
        "hold:hold", "Stop sending to Slack, for everybody or for one tenant; alerts are taken and folded as ever."
    ),
    "release": Later(
        "hold:release", "Send again what `hold` stopped: what has changed meanwhile is sent once, as it is now."
    ),
    "gateway": Later("serve:gateway", "Take alerts over HTTP and append them to Kafka, until SIGTERM."),
    "worker": Later("serve:worker", "Take alerts from Kafka and keep Slack true, until SIGTERM."),
    "projector": Later(
        "serve:projector", "Bring what is recorded in PostgreSQL to Redis, until SIGTERM; any number may run."
    ),
    "seal": Later(
        "seal:seal",
        "Seal a sender's bodies to its tenant's public key and hand them to the gateway, or seal one file.",
    ),
    "demo": Later(
        "local:demo",
        "Run the complete flow on embedded engines in under a minute: real webhooks in, Slack and the books out.",
    ),
    "up": Later(
        "local:up", "Run everything in one process, with an embedded engine for each service that is not configured."
    ),
    "recover": Later(
        "recover:recover",
        "Put together what Redis has lost: messages that are there are taken over, alerts are folded again.",
    ),
    "slo": Later(
        "slo:slo",
        "Print which share of a tenant's notifications came in time, what budget is left, and the worst minutes.",
    ),
    "sign": Later(
        "sign:sign", "Sign what is stored in Redis with the newest key, so that nothing else is taken for it."
    ),
    "emulator": Later("local:emulator", "Run the emulated Slack alone, with what the tenants need, until SIGTERM."),
}

GROUPS: Final[Mapping[str, Group]] = {
    "tenant": Group(
        "Tenants' configurations.",
        {
            "apply": Later(
                "apply:apply", "Store files as the active configurations; nothing is stored unless all are valid."
            ),
            "history": Later(
                "history:history",
                "Print the versions of a tenant's configuration, newest first: when, by whom and why, and what each "
                "changed.",
            ),
            "rollback": Later(
                "apply:rollback",
                "Make an earlier version the active one again, as a new version; with --tenant, only the tenant's "
                "part.",
            ),
            "check": Later(
                "check:check", "Check that a tenant's alerts can reach Slack, and say how to fix what is wrong."
            ),
            "send-test": _SEND_TEST,
            "upstream": _UPSTREAM,
            "validate": Later(
                "validate:validate",
                "Check files without applying them; every error with its line, column and remedy.",
            ),
            "show": Later("tenant:show", "Print the active configuration, or an earlier one, as it was applied."),
            "diff": Later(
                "diff:diff",
                "Print what one version of a configuration has otherwise than another: as a diff, then rule by rule.",
            ),
            "usage": Later(
                "usage:usage",
                "Print what a tenant uses of each thing that is bounded for it, the limit, and what happens beyond.",
            ),
            "list": Later(
                "tenant:list_all", "Print every tenant, its active version, and since when nothing is sent for it."
            ),
            "delete": Later(
                "offboard:delete",
                "Delete a tenant: its configuration with all versions, alert groups, books, tokens and secrets.",
            ),
            "export": Later(
                "export:export",
                "Write what is stored of a tenant to a folder or a zip, with a manifest of SHA-256 digests.",
            ),
            "erase": Later(
                "erase:erase",
                "Erase a tenant for good: its live messages get a last line, all that is stored goes, its id is not "
                "given again.",
            ),
            "suspend": Later(
                "hold:suspend", "Send nothing to Slack for a tenant until it is resumed: the same as `hold TENANT`."
            ),
            "resume": Later(
                "hold:resume",
                "Serve a suspended tenant again: what has changed meanwhile is sent once, as it is now.",
            ),
        },
    ),
    "subject": SUBJECT,
    "retention": RETENTION,
    "platform": Group(
        "The operator's part of tenants' configurations.",
        {
            "apply": Later(
                "platform:apply",
                "Store the operator's part of tenants' configurations; what the tenants wrote stays as it is.",
            ),
            "show": Later(
                "platform:show",
                "Print the operator's part of a configuration, as a file that `platform apply` takes.",
            ),
        },
    ),
    "control": Group(
        "The record of tenants in PostgreSQL, of which Redis is a projection.",
        {
            "migrate": Later("control:migrate", "Bring the schema of the record to the newest step."),
            "adopt": Later(
                "control:adopt", "Take into the record what Redis holds: at first all of it, later what drifts."
            ),
            "discard": Later(
                "control:discard", "Give Redis back what is recorded of a tenant, in place of what drifts."
            ),
            "serve": Later("serve:control", "Answer the control API over HTTP, until SIGTERM; any number may run."),
            "status": Later(
                "control:status", "Print what of the record is in force, and what others have written past it."
            ),
        },
    ),
    "access": ACCESS,
    "isolation": ISOLATION,
    "proposal": PROPOSAL,
    "key": Group(
        "Keys of the control API, made by whoever holds the password of the record.",
        {
            "create": Later("key:create", "Make an API key and print it, once. Only its digest is stored."),
            "list": Later("key:list_all", "Print the API keys of a tenant, or those for all tenants."),
            "revoke": Later("key:revoke", "Revoke an API key: requests that use it are refused."),
        },
    ),
    "token": Group(
        "Tokens with which senders prove whose alerts they send.",
        {
            "create": Later("token:create", "Make a token and print it, once."),
            "list": Later(
                "token:list_all", "Print the ids of a tenant's tokens, when they were made and when last used."
            ),
            "rotate": Later("token:rotate", "Make a new token and print it, once; of two, the older one is revoked."),
            "revoke": Later("token:revoke", "Revoke a token: requests that use it are refused."),
        },
    ),
    "group": GROUP,
    "silence": SILENCE,
    "secret": Group(
        "Tenants' secrets, encrypted in Redis.",
        {
            "set": Later("secret:set_", "Store a secret, encrypted.", _ANY_ARGUMENT),
            "delete": Later("secret:delete", "Delete a stored secret."),
            "list": Later("secret:list_all", "Print the names of a tenant's stored secrets."),
            "rotate": Later("secret:rotate", "Encrypt all stored secrets with the newest key."),
            "key": Later("secret:key", "Print a new random key, for SECRETS__KEY or SIGNING__KEY."),
        },
    ),
    "sealing": SEALING,
    "audit": Group(
        "The audit log: who changed what, and the proof of it.",
        {
            "list": Later(
                "audit:list_all",
                "Print the newest entries of the audit log: when, of which tenant, what, by whom, why, and what came "
                "of it.",
            ),
            "export": Later(
                "audit:export",
                "Write entries of the audit log to a folder, each with its bytes and the proof that it is in the "
                "log.",
            ),
            "checkpoint": Later(
                "audit:checkpoint",
                "Sign a checkpoint of the audit log if anything was added: append it to Kafka, store it, print it.",
            ),
            "verify": Later(
                "audit:verify", "Verify the audit log, or an export of it, and name whatever was changed."
            ),
            "key": Later("audit:key", "Make a key that signs checkpoints, and print the one that verifies them."),
        },
    ),
    "dead-letter": Group(
        "Records that could not be used.",
        {
            "list": Later(
                "dead_letter:list_all",
                "Print the dead letters, newest first: of whom, why, and whether they were redriven.",
            ),
            "show": Later(
                "dead_letter:show",
                "Print a dead letter: why, where it came from, its headers and its body, without what its tenant "
                "redacts.",
            ),
            "redrive": Later(
                "dead_letter:redrive",
                "Append dead letters again to the topic that they came from, with the time at which they came.",
            ),
        },
    ),
    "route": Group(
        "Try a tenant's routing tree.",
        {
            "test": Later(
                "route:receivers_of",
                "Print the receivers of an alert with these labels, comma-joined, as amtool does.",
            )
        },
    ),
    "monitoring": Group(
        "What Prometheus and Grafana are given to watch a tenant.",
        {
            "render": Later(
                "monitoring:render",
                "Write a tenant's dashboard, the job that scrapes its page, and its rules, from its own file.",
            )
        },
    ),
    "schema": Group(
        "JSON Schemas, for editors that complete and check while you type.",
        {
            "tenant": Later(
                "schema:tenant",
                "Print the JSON Schema of a tenant's file (draft 2020-12), with `platform` or without.",
            ),
            "platform": Later(
                "schema:platform",
                "Print the JSON Schema of a file with the operator's part alone (draft 2020-12).",
            ),
            "access": Later("schema:access", "Print the JSON Schema of the access document (draft 2020-12)."),
            "isolation": Later("schema:isolation", "Print the JSON Schema of the isolation policy (draft 2020-12)."),
        },
    ),
}

_HELP: Final = """From Prometheus Alertmanager, over Kafka and Redis, to Slack channels that show the truth.

`alert-router --version` prints the version.
"""


def _program() -> typer.Typer:
    program = typer.Typer(
        name="alert-router",
        help=_HELP,
        context_settings={"help_option_names": ["-h", "--help"]},
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    add_later(program, COMMANDS)
    for name, group in GROUPS.items():
        below = typer.Typer(help=group.line, no_args_is_help=True)
        add_later(below, group.commands)
        program.add_typer(below, name=name)
    return program


app: Final = _program()
