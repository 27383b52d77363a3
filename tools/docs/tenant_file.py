"""`docs/tenant-file.md`, written from the document's model: a table for each part, in the order of the file."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from router.cli.schema import tenant_schema
from router.config.document.appearance import Section
from router.config.document.routes import Inheritable
from router.config.document.tenant import TenantDocument
from tools.docs.markdown import cell, code, table

Schema = Mapping[str, Any]

_HEAD: Final = """\
# The tenant's file

One YAML file a tenant. `alert-router tenant validate FILE` checks it and names line, column and remedy of every
mistake; `alert-router tenant apply FILE` makes it the active one. Unknown keys are mistakes: a typo in a rule would
be a lost alert. Editors complete and check while you type if the first line names the schema, which is
[deploy/schema/tenant.schema.json](../deploy/schema/tenant.schema.json), or what `alert-router schema tenant` prints.

The least that a file needs:

```yaml
# yaml-language-server: $schema=../deploy/schema/tenant.schema.json
version: 1
tenant: acme
platform: {slack: {token: {secret: slack}}}
route: {receiver: default}
receivers:
  - {name: default, slack: {channel: "#alerts"}}
```

A file with most of it:

```yaml
version: 1
tenant: acme                          # lower-case letters, digits, single hyphens
platform:                             # the operator's part
  slack:
    token: {secret: slack}            # the name of a secret, never the token itself
    channels: ["#alerts", C0123456]   # what receivers may use
  limits:
    notifications: {rate: 60/m, burst: 20}
    inbound: {rate: 1000/s, burst: 5000}
locale: fr-FR                         # fr-CA falls back to fr, then en
time_zone: Europe/Paris
severity: {label: severity, order: [{critical: [page, p1]}, error, warning, info]}
route:                                # Alertmanager's routing tree: the same words, the same meaning
  receiver: team
  group_by: [alertname, service]
  routes:
    - matchers: ['severity="critical"', 'team=~"db|storage"']
      receiver: oncall
      repeat_interval: 1h
      continue: true
    - matchers: ['team="web"']
      mute_time_intervals: [nights, holidays]
receivers:
  - {name: team, slack: {channel: "#alerts", template: compact}}
  - {name: oncall, slack: {channel: C0123456, mention: ["<!subteam^S012>"], locale: en}}
time_intervals:
  - name: nights                      # in two parts, since a range of times ends on its day
    time_intervals:
      - {times: [{start_time: "22:00", end_time: "24:00"}], location: Europe/Paris}
      - {times: [{start_time: "00:00", end_time: "06:00"}], location: Europe/Paris}
  - name: holidays
    time_intervals:
      - {months: [december], days_of_month: ["24:-1"], location: Europe/Paris}
      - {weekdays: ["saturday:sunday"], location: Europe/Paris}
```

Durations are written as in Prometheus: `30s`, `5m`, `1h30m`, `7d`. Names of channels stand in quotes, because `#`
begins a comment. What is left out has the default. **Inherited** means: from the route above; the root's own defaults
stand in its table.

What is written twice may be shared, as in Alertmanager: `&name` before a value, `*name` where it is wanted again, and
`<<: *name` for the keys of a mapping that are not given there. Mistakes are named where they are written; what is
stored and applied is the document with everything in its place, beside the text of its author.

Slack shows the id of a channel (`C...`) at the end of *View channel details*; that of a person (`U...`) in the
profile, *Copy member ID*; that of a user group (`S...`) in its menu, *Copy group ID*.

`time_intervals` say when a route is muted (`mute_time_intervals`), or the only times when it is not
(`active_time_intervals`). What changes meanwhile is kept, and sent when that is over, once, as it is then; what has
begun and ended meanwhile is not sent at all. The end of what was shown before is still shown at once, by an edit.
Weekdays, dates and times are those on the calendar and the clock of `location`, which may skip an hour of a night or
have it twice. Neither list is inherited: a route below a muted one is muted only if it says so itself. All of this is
as in Alertmanager, but that an empty list in an interval, which nothing ever fulfils, is refused, and so is
`location: Local`.

`inhibit_rules` hold alerts back while others fire: those of `target_matchers` while any of `source_matchers` fires
that has the same values of the labels in `equal`, where a label that both lack is the same. Of more than 30 rules
that an alert fulfils on one side, the first 30 count for it.

```yaml
inhibit_rules:
  - name: cluster-down
    source_matchers: ['alertname="ClusterDown"']
    target_matchers: ['severity=~"warning|info"']
    equal: [cluster]
```

A source counts as long as it fires, also where it is silenced, or goes to a receiver that notifies nobody. When it
resolves, or has not been reported for the `stale_after` of its route, what it held back is sent at once, as it is
then. An alert on both sides of a rule is not held back by another one that is. All of this is as in Alertmanager.
Since sources and targets come in any order, a new problem that consists of possible targets alone waits
`inhibit_grace` before it is first shown. Why so: [0047](decisions/0047-inhibition.md).

A label of the alerts may choose the channel and whom to mention, instead of a receiver for each team:

```yaml
receivers:
  - name: teams
    slack:
      channel: {label: slack_channel, matching: "#team-.*", else: "#alerts"}
      mention: {label: team, map: {db: "<!subteam^S012>"}}
```

It only chooses among `platform.slack.channels`, and among what `map` names. Alerts that it sends elsewhere are a
group of their own; all others stay together in `else`. Why so: [0043](decisions/0043-addressed-by-labels.md).

This page is generated from the model: `make docs`.

## Warnings

`alert-router tenant validate` also names what is valid and probably not meant, with line, column and what to do;
`--strict` makes errors of these warnings, for CI.

| warning | because |
| --- | --- |
| single quotes, or blanks without quotes, in a matcher | they belong to the value, which then never matches |
| a matcher that only the older grammar of Alertmanager reads | a later one refuses it; what to write is named |
| a matcher that both its grammars read differently | a later one decides otherwise; what to write is named |
| a pattern of one plain value, or `.*` | `=` says the same, and no matcher at all |
| a route that no alert reaches | one before takes all its alerts, or conditions exclude each other |
| a route without conditions before others | it takes every alert, so those are never tried |
| `group_by` left out at the root | alerts are grouped as their sender groups them, which another sender may change |
| a receiver or a time interval without use | no route names it |
| an inhibition rule whose sources are targets too | such alerts do not hold back each other |
| two inhibition rules that hold back each other's sources | neither is shown |
| an inhibition rule with conditions that exclude each other | it never holds anything back |

## From an alertmanager.yml

```console
alert-router import alertmanager.yml --tenant acme --out tenants/acme.yaml
```

writes a file that validates, and lists on stderr each thing that has no place in one, with its line. Where amtool is
installed, it routes label sets that reach every route by both, and names each difference. What becomes of what:

| there | here |
| --- | --- |
| `route` and its `routes` | as they are; `match` and `match_re` become `matchers` |
| no `group_by` | `group_by: []`; left out it means here: as the sender grouped them |
| `group_wait` and the intervals | as they are, or Alertmanager's defaults; shorten them: the one in front waits too |
| `slack_configs: [{channel: ...}]` | `slack: {channel: "#alerts"}`; a receiver for each channel |
| `update_message`, `post_updates_to_thread` | `on_change: edit`, `on_change: thread`, which is also the default |
| `api_url`, `http_config` | the bot's token, as a secret, for all channels of a workspace |
| `title`, `pretext`, `text`, `footer` | [parts of your own](templates.md), where they use only what these offer |
| `<!here>` and other mentions in texts | `mention` of the receiver |
| `actions`, `fields`, `color` | our own: links of annotations become buttons, labels are listed |
| `global`, `templates` | left out; they are about other receivers, or files of Go's templates |
| `inhibit_rules` | as they are; `source_match` becomes `source_matchers`, and so on |
| `time_intervals`, and `mute_time_intervals` and `active_time_intervals` of routes | as they are |
| a receiver that notifies nobody | the same, with its name alone: `{name: "null"}` |
| other receivers, such as `pagerduty_configs` | a name alone, which sends nothing; keep them in front |

All that means something else here is in one table: [where it differs from
Alertmanager](concepts.md#where-it-differs-from-alertmanager). Of what a file says, two things do. A key beside `<<`
replaces the one that is merged, as YAML says; Alertmanager appends `matchers` there. And a pattern must be whole by
itself: `a)|(b`, which closes a parenthesis that Alertmanager puts around it, is refused.

`alert-router route test` shows where an alert goes; `alert-router tenant upstream TENANT` prints the receiver by
which the Alertmanager in front sends everything here.
"""

_SCALARS: Final[Mapping[str, str]] = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "true or false",
}


def page() -> str:
    """The page."""
    schema = json.loads(tenant_schema())
    sections = {kind.__name__: kind for kind in _subclasses(Section)}
    parts = "\n".join(_parts("", schema, TenantDocument, schema["$defs"], sections))
    return f"{_HEAD}\n{parts}"


def _subclasses(kind: type[Section]) -> Iterator[type[Section]]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


def _parts(
    path: str, body: Schema, kind: type[Section], defs: Schema, kinds: Mapping[str, type[Section]]
) -> Iterator[str]:
    """The part at `path`, then those below it; a route below itself is told once."""
    yield _part(path, body, kind, defs)
    for key, value in body["properties"].items():
        name, several = _section(value)
        if name in kinds and kinds[name] is not kind:
            below = f"{path}.{key}".removeprefix(".") + several
            yield from _parts(below, defs[name], kinds[name], defs, kinds)


def _part(path: str, body: Schema, kind: type[Section], defs: Schema) -> str:
    title = f"## `{path}`" if path else "## The top"
    required = set(body.get("required", ()))
    rows = [
        [f"`{key}`", cell(_type(value, defs)), cell(_default(key, value, kind, required)), _meaning(value)]
        for key, value in body["properties"].items()
    ]
    refused = [[f"`{key}`", cell(why)] for key, why in sorted(kind.refused.items())]
    paragraphs = [title, body["description"], table(["key", "value", "left out", "meaning"], rows)]
    if refused:
        paragraphs += ["Refused here:", table(["key", "why"], refused)]
    return "\n\n".join(paragraphs) + "\n"


def _section(value: Schema) -> tuple[str, str]:
    """The name of the part that a key holds, and how the path goes on where it holds several of them."""
    value = next((one for one in value.get("oneOf", ()) if "$ref" in one), value)
    extra = value.get("additionalProperties")
    if value.get("type") == "array":
        inner, several = value.get("items", {}), "[]"
    else:
        inner, several = (extra, ".NAME") if isinstance(extra, dict) else (value, "")
    reference = inner.get("$ref") or next((one["$ref"] for one in inner.get("allOf", ()) if "$ref" in one), "")
    return reference.rpartition("/")[2], several


def _type(value: Schema, defs: Schema) -> str:
    if "oneOf" in value:
        return " or ".join(_type(one, defs) for one in value["oneOf"])
    name, several = _section(value)
    if name:
        what = " or ".join(code(one) for one in defs[name].get("enum", ())) or "keys"
        return {"[]": f"list of {what}", "": what}.get(several, f"names, each with {what}")
    if "const" in value:
        return code(value["const"])
    if "enum" in value:
        return " or ".join(code(one) for one in value["enum"])
    if "anyOf" in value:
        return " or ".join(_type(one, defs) for one in value["anyOf"])
    kind: str | list[str] = value.get("type", "any")
    if kind == "array":
        return f"list of {_type(value.get('items', {}), defs)}"
    if kind == "object":
        extra = value.get("additionalProperties")
        return f"keys with {_type(extra, defs)}" if isinstance(extra, dict) else "keys"
    if isinstance(kind, list):
        return "text or 0" if "maximum" in value else "text or number"
    return _SCALARS.get(kind, kind)


def _default(key: str, value: Schema, kind: type[Section], required: set[str]) -> str:
    if key in required:
        return "required"
    if kind.__name__ == "Branch" and key in Inheritable.model_fields and key != "routes":
        return "inherited"
    if "default" not in value:
        return "unset"
    default = value["default"]
    return "the defaults below" if isinstance(default, dict) and default else code(default)


def _meaning(value: Schema) -> str:
    examples = ", ".join(code(one) for one in value.get("examples", ()) if not _nested(one))
    return cell(value["description"] + (f" For example {examples}" if examples else ""))


def _nested(example: object) -> bool:
    """Whether an example holds keys: those stand below, where they are described."""
    return isinstance(example, dict) or (isinstance(example, list) and any(map(_nested, example)))
