"""The whole file: what it says as plain data of a tenant's document, and what it says besides."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from router.config.alertmanager.channels import Channels, to_all_channels
from router.config.alertmanager.naming import free_name
from router.config.alertmanager.original import Leftovers, Original
from router.config.alertmanager.receivers import Receivers, add_receivers
from router.config.alertmanager.routes import Plain, names_used, root_of
from router.config.alertmanager.rules import inhibit_rules_of, intervals_of
from router.config.alertmanager.slack import TOKEN_IS_SECRET, Looks
from router.config.tree import START, read_texts
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

_MAIL: Final = "it belongs to receivers that are not Slack"
_GLOBAL: Final[Mapping[str, str]] = {
    "resolve_timeout": "the Alertmanager in front ends alerts that are not sent again; here `stale_after` does",
    "http_config": "how Slack is reached is the operator's, for all tenants",
    **dict.fromkeys(
        ("slack_api_url", "slack_api_url_file", "slack_app_token", "slack_app_token_file"), TOKEN_IS_SECRET
    ),
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

    `comments` are by receiver: why those that send nothing do not. `added` are receivers for a second channel of one
    and so on, and the one that takes what other routes have taken: Alertmanager has no name for them.
    """

    document: Mapping[str, Any]
    comments: Mapping[str, str]
    added: frozenset[str]
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
    receivers = Receivers()
    document = _document(Original(tree.data, (), leftovers), tenant, receivers)
    located = [replace(one, source=source, position=tree.position(one)) for one in leftovers]
    added = frozenset(name for _, *names in receivers.copies.values() for name in names) | receivers.nowhere
    in_order = tuple(sorted(located, key=lambda one: one.position or START))
    return Imported(document, receivers.comments, added, in_order)


def _document(original: Original, tenant: str, receivers: Receivers) -> Mapping[str, Any]:
    """The document; `receivers` is filled in on the way."""
    looks = Looks()
    route = root_of(original.below("route"))
    add_receivers(receivers, original, looks)
    route = _to_all_channels(route, receivers)
    intervals, rules = intervals_of(original), inhibit_rules_of(original)
    original.below("global").leave_rest(_GLOBAL, _MAIL)
    original.leave_rest(_TOP, "no key of a tenant's document")
    _add_missing(receivers, names_used(route, "receiver"))
    found = {"version": 1, "tenant": tenant, "platform": {"slack": {"token": {"secret": "slack"}}}, "route": route}
    found |= {"receivers": receivers.entries}
    optional = {"templates": looks.templates, "inhibit_rules": rules, "time_intervals": intervals}
    return found | {key: value for key, value in optional.items() if value}


def _to_all_channels(route: Plain, receivers: Receivers) -> Plain:
    """The tree with a route to each channel; a receiver that it needs for that is added."""
    names = {one["name"] for one in receivers.entries}
    nowhere = free_name("nowhere", names | names_used(route, "receiver"))
    found = to_all_channels(route, Channels(receivers.copies, nowhere))
    if nowhere in names_used(found, "receiver"):
        receivers.entries.append({"name": nowhere})
        receivers.comments[nowhere] = "sends nothing: for what a route above has taken and passed on by `continue`"
        receivers.nowhere = frozenset({nowhere})
    return found


def _add_missing(receivers: Receivers, used: set[str]) -> None:
    missing = sorted(used - {one["name"] for one in receivers.entries})
    receivers.entries += [{"name": name} for name in missing]
    receivers.comments.update(dict.fromkeys(missing, "a route names it, and the receivers do not have it"))
