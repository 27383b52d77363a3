"""The whole file: what it says as plain data of a tenant's document, and what it says besides."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from router.config.alertmanager.original import Leftovers, Original
from router.config.alertmanager.receivers import receivers_of
from router.config.alertmanager.routes import names_used, root_of
from router.config.alertmanager.rules import inhibit_rules_of, intervals_of
from router.config.alertmanager.slack import Looks
from router.config.tree import START, read_texts
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

_SECRET: Final = "the token of the tenant's bot is a secret: alert-router secret set"  # noqa: S105 - a sentence
_MAIL: Final = "it belongs to receivers that are not Slack"
_GLOBAL: Final[Mapping[str, str]] = {
    "resolve_timeout": "the Alertmanager in front ends alerts that are not sent again; here `stale_after` does",
    "http_config": "how Slack is reached is the operator's, for all tenants",
    **dict.fromkeys(("slack_api_url", "slack_api_url_file", "slack_app_token", "slack_app_token_file"), _SECRET),
    "slack_app_url": "how Slack is reached is the operator's, for all tenants",
}
_TOP: Final[Mapping[str, str]] = {
    "templates": "templates in files are Go's; `templates` here has the parts that were carried over",
    "tracing": "it is about the Alertmanager in front",
    "event_recorder": "it is about the Alertmanager in front",
}


@dataclass(frozen=True, slots=True)
class Imported:
    """A tenant's document as plain data, and what it could not take, in the order of the file.

    `comments` are by receiver: why those that send nothing do not.
    """

    document: Mapping[str, Any]
    comments: Mapping[str, str]
    leftovers: tuple[Diagnostic, ...]


def import_alertmanager(text: str, tenant: str, source: str) -> Imported:
    """Carry over what an alertmanager.yml says; `source` is its name.

    Raises:
        ConfigurationError: it is not YAML, or not a configuration of Alertmanager.
    """
    tree = read_texts(text)
    if tree.diagnostics:
        raise ConfigurationError(*(replace(one, source=source) for one in tree.diagnostics))
    if not isinstance(tree.data, dict) or not isinstance(tree.data.get("route"), dict):
        raise ConfigurationError(Diagnostic("no `route`, so this is not an alertmanager.yml", source=source))
    leftovers: Leftovers = []
    comments: dict[str, str] = {}
    document = _document(Original(tree.data, (), leftovers), tenant, comments)
    located = [replace(one, source=source, position=tree.position(one)) for one in leftovers]
    return Imported(document, comments, tuple(sorted(located, key=lambda one: one.position or START)))


def _document(original: Original, tenant: str, comments: dict[str, str]) -> Mapping[str, Any]:
    looks = Looks()
    route = root_of(original.below("route"))
    receivers = receivers_of(original, looks, comments)
    intervals = intervals_of(original)
    rules = inhibit_rules_of(original)
    original.below("global").leave_rest(_GLOBAL, _MAIL)
    original.leave_rest(_TOP, "no key of a tenant's document")
    missing = sorted(names_used(route, "receiver") - {one["name"] for one in receivers})
    receivers += [{"name": name} for name in missing]
    comments.update(dict.fromkeys(missing, "a route names it, and the receivers do not have it"))
    found = {"version": 1, "tenant": tenant, "platform": {"slack": {"token": {"secret": "slack"}}}, "route": route}
    found |= {"receivers": receivers}
    optional = {"templates": looks.templates, "inhibit_rules": rules, "time_intervals": intervals}
    return found | {key: value for key, value in optional.items() if value}
