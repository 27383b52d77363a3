"""`docs/settings.md`, written from the settings themselves."""

from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel, SecretStr

from router.settings import Settings
from tests.docs.markdown import cell, code, table

_HEAD: Final = """\
# Settings

Settings are environment variables. Every process of one installation may be given all of them; a role reads what it
needs. A variable that is empty counts as unset. What is wrong, or unknown within a section, stops the start with a
line that names the variable. Durations ending in `_S` are seconds, in `_MS` milliseconds.

This page is generated from the program: `make docs`.

## Secrets of tenants

| variable | meaning |
| --- | --- |
| `ALERT_ROUTER_SECRET__<TENANT>__<NAME>` | A secret of a tenant, for workers: capitals, a hyphen is `_`. The Slack \
token of tenant `acme-eu`, whose file says `token: {secret: slack}`, is `ALERT_ROUTER_SECRET__ACME_EU__SLACK`. It \
wins over what `alert-router secret set` stored. |
"""


def page() -> str:
    """The page."""
    sections = [(name, field.annotation) for name, field in Settings.model_fields.items() if _is_section(field)]
    parts = [_part(name, model) for name, model in sections if model is not None]
    plain = {name: field for name, field in Settings.model_fields.items() if not _is_section(field)}
    return "\n".join([_HEAD, *parts, "\n\n".join(["## General", _table("", plain)]) + "\n"])


def variables() -> set[str]:
    """The names of all."""
    names = set()
    for name, field in Settings.model_fields.items():
        inner = field.annotation.model_fields if _is_section(field) and field.annotation else {"": None}
        names |= {_variable(name, key) for key in inner}
    return names


def _is_section(field: Any) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)


def _part(name: str, model: Any) -> str:
    title = name if name == "emulator" else name.capitalize()
    return (
        "\n\n".join([f"## {title.capitalize()}", " ".join(model.__doc__.split()), _table(name, model.model_fields)])
        + "\n"
    )


def _table(section: str, fields: Any) -> str:
    rows = [
        [f"`{_variable(section, name)}`", cell(_default(field)), cell(f"{field.description}{_choices(field)}")]
        for name, field in fields.items()
    ]
    return table(["variable", "default", "meaning"], rows)


def _variable(*parts: str) -> str:
    return "__".join(["ALERT_ROUTER_" + parts[0].upper(), *(part.upper() for part in parts[1:] if part)]).replace(
        "ALERT_ROUTER___", "ALERT_ROUTER_"
    )


def _default(field: Any) -> str:
    default = field.get_default(call_default_factory=True)
    if default is None:
        return "unset"
    return "the one shipped" if isinstance(default, Path) else code(default)


def _choices(field: Any) -> str:
    choices = [one for one in get_args(field.annotation) if isinstance(one, str)]
    secret = SecretStr in get_args(field.annotation)
    return f" One of {', '.join(map(code, choices))}." if choices else " Secret." if secret else ""
