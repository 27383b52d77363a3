"""`docs/settings.md`, written from the settings themselves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from router.settings import Settings, known_variables
from tools.docs.markdown import cell, code, table

_HEAD: Final = """\
# Settings

Settings are environment variables. Every process of one installation may be given all of them; a role reads what it
needs. A variable that is empty counts as unset. What is wrong or unknown stops the start with a line that
names the variable. Durations ending in `_S` are seconds, in `_MS` milliseconds.

This page is generated from the program: `make docs`.

## Secrets of tenants

| variable | meaning |
| --- | --- |
| `ALERT_ROUTER_SECRET__<TENANT>__<NAME>` | A secret of a tenant, for workers: capitals, a hyphen is `_`. The Slack \
token of tenant `acme-eu`, whose file says `token: {secret: slack}`, is `ALERT_ROUTER_SECRET__ACME_EU__SLACK`. It \
wins over what `alert-router secret set` stored. |
| `ALERT_ROUTER_SECRET_FILE__<TENANT>__<NAME>` | A file that holds the secret, as of Compose or Kubernetes; \
it is read again each time. |
"""


def page() -> str:
    """The page."""
    parts = [_part(name, model) for name, model in _sections().items()]
    return "\n".join([_HEAD, *parts, "\n\n".join(["## General", _table("", _general())]) + "\n"])


def variables() -> set[str]:
    """The names of all."""
    return known_variables()


def _sections() -> Mapping[str, type[BaseModel]]:
    kinds = {name: field.annotation for name, field in Settings.model_fields.items()}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, BaseModel)}


def _general() -> Mapping[str, FieldInfo]:
    return {name: field for name, field in Settings.model_fields.items() if name not in _sections()}


def _part(name: str, model: type[BaseModel]) -> str:
    about = " ".join((model.__doc__ or "").split())
    return "\n\n".join([f"## {name.capitalize()}", about, _table(name, model.model_fields)]) + "\n"


def _table(section: str, fields: Mapping[str, FieldInfo]) -> str:
    rows = [
        [f"`{_variable(section, name)}`", cell(_default(field)), cell(f"{field.description}{_choices(field)}")]
        for name, field in fields.items()
    ]
    return table(["variable", "default", "meaning"], rows)


def _variable(section: str, name: str) -> str:
    return "ALERT_ROUTER_" + "__".join(part.upper() for part in (section, name) if part)


def _default(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True)
    if default is None:
        return "unset"
    return "the one shipped" if isinstance(default, Path) else code(default)


def _choices(field: FieldInfo) -> str:
    choices = [one for one in get_args(field.annotation) if isinstance(one, str)]
    secret = SecretStr in get_args(field.annotation)
    return f" One of {', '.join(map(code, choices))}." if choices else " Secret." if secret else ""
