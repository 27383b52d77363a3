"""What the commands on access print."""

import json
from itertools import chain

import typer

from router.cli.session import time_json, time_text
from router.cli.terminal import print_columns
from router.control.access.deciding import Decision
from router.control.access.table import AccessTable, Binding, scope_text
from router.diagnostic import one_line


def print_access(table: AccessTable, *, as_json: bool) -> None:
    """Print who may do what."""
    bindings = sorted(chain.from_iterable(table.bindings.values()), key=lambda one: one.name)
    if as_json:
        roles = {name: sorted(role.permissions) for name, role in table.roles.items()}
        printed = {"roles": roles, "bindings": [_json(one) for one in bindings], "four_eyes": sorted(table.four_eyes)}
        typer.echo(json.dumps(printed))
        return
    print_columns(
        ("role", "permissions"), [(name, ", ".join(sorted(one.permissions))) for name, one in table.roles.items()]
    )
    print_columns(("binding", "role", "for", "who", "if"), [_row(one) for one in bindings])
    if table.four_eyes:
        typer.echo(f"four eyes: {', '.join(sorted(table.four_eyes))}")


def decision_json(decision: Decision) -> dict[str, object]:
    """A decision for programs."""
    missing = decision.would_allow
    return {
        "allowed": decision.allowed,
        "reason": decision.reason,
        "rule": decision.rule,
        "would_allow": missing
        and {
            "permission": missing.permission,
            "role": missing.role,
            "tenants": None if missing.tenants is None else sorted(missing.tenants),
        },
        "until": None if decision.until is None else time_json(decision.until),
    }


def decision_lines(decision: Decision) -> list[str]:
    """A decision for people."""
    lines = [f"{'allowed' if decision.allowed else 'denied'}: {decision.reason} ({one_line(decision.rule)})"]
    if decision.would_allow is not None:
        lines.append(f"would allow it: {decision.would_allow}")
    if decision.until is not None:
        lines.append(f"until {time_text(decision.until)}")
    return lines


def _json(one: Binding) -> dict[str, object]:
    return {
        "name": one.name,
        "role": one.role.name,
        "tenants": None if one.tenants is None else sorted(one.tenants),
        "who": _who(one),
        "conditions": _conditions(one),
    }


def _row(one: Binding) -> tuple[str, ...]:
    return one.name, one.role.name, scope_text(one.tenants), "; ".join(_who(one)), "; ".join(_conditions(one))


def _who(one: Binding) -> list[str]:
    who = one.who
    claims = [f"{name} = {' or '.join(sorted(texts))}" for name, texts in sorted(who.claims.items())]
    named = {"issuer": who.issuer, "subject": who.subject, "group": who.group}
    return [*(f"{name} {text}" for name, text in named.items() if text), *claims]


def _conditions(one: Binding) -> list[str]:
    mfa = [] if one.mfa is None else [f"mfa by {', '.join(sorted(one.mfa.acr | one.mfa.amr))}"]
    networks = [f"from {', '.join(map(str, one.networks))}"] if one.networks else []
    until = [] if one.until is None else [f"until {time_text(one.until)}"]
    return [*mfa, *networks, *until]
