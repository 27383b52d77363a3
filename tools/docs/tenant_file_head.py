"""What `docs/tenant-file.md` says before its tables."""

from typing import Final

HEAD: Final = """\
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

The operator's part, `platform`, may stand in a file of its own: [two parts](#two-parts). A file with most of it:

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

## Metrics

A tenant may count its own alerts, and scrape that with its own Prometheus:

```yaml
metrics:
  - name: checkout_alerts_total       # a counter
    matchers: ['service="checkout"']
    labels: [severity]                # a series for each value
  - name: disk_used_ratio             # a histogram
    matchers: ['alertname="DiskFull"']
    value: {annotation: value}
    buckets: [0.8, 0.9, 0.95, 1]
```

An alert counts once each time it begins to fire: not when it is sent again, nor when a record comes twice, and once
also where several routes take it. What is held back, silenced or sent nowhere counts as well, since it fires; a
heartbeat does not. Labels are those that were sent, without `ignore_labels`; `redact` is about Slack, so do not name
a label here whose values nobody may see. An alert that its sender groups otherwise from now on counts again, and
so does one that comes just while a change of the rules moves it to another message. A number is plain (`0.93`,
`1e3`), with no unit; an alert without one, or with one above 1e100, is not in a histogram.

The first 100 series of a metric have labels of their own; what comes later, or has a value of more than 200
characters, counts in the series whose labels are all `_other`, so that the sum stays right.
[`GET /metrics/tenants/acme`](http-api.md#get-metricstenantstenant) of any gateway has the page; how long sums live is
in [metrics](metrics.md). Why so: [0064](decisions/0064-metrics-of-tenants.md).

## Two parts

`platform` belongs to the operators of the installation: the token, the channels that may be used, the limits. All
other keys are the tenant's own words. Whoever applies a file with both may change both, so where tenants keep their
files themselves, each part gets a file of its own:

```yaml
# platform/acme.yaml, which the operators keep
# yaml-language-server: $schema=../deploy/schema/platform.schema.json
tenant: acme
platform:
  slack: {token: {secret: slack}, channels: ["#alerts", C0123456]}
  limits: {notifications: {rate: 60/m, burst: 20}}
```

```yaml
# acme.yaml, which the tenant keeps
version: 1
tenant: acme
route: {receiver: default}
receivers:
  - {name: default, slack: {channel: "#alerts"}}
```

| command | takes | changes |
| --- | --- | --- |
| `platform apply FILE` | `tenant` and `platform` alone | the operator's part |
| `tenant apply --tenant acme FILE` | that tenant's file, without `platform` | the tenant's part |
| `tenant apply FILE...` | files with both parts, or both files of a tenant | both |
| `tenant rollback --tenant acme` | | the tenant's part, to that of an earlier version |
| `tenant rollback acme` | | both |

Give a tenant's pipeline `tenant apply --tenant acme` and nothing else: a file that names another tenant, or has a
`platform`, is refused, and nothing changes. So is a channel that `platform.slack.channels` does not allow, and, the
other way round, a `platform` that forbids what the tenant's part uses: the tenant changes its part first, or the
operators apply both together. A new tenant begins with `platform apply`; it notifies nobody until its own part comes.
Name `channels` there: without them a tenant may post wherever its bot is, and a bot that tenants share is in all of
their channels.

Both parts are stored as one document with one number, so no reader ever sees one without the other. `tenant history`
shows for each version which part it changed, by whom (`--author`, else the user and host) and why (`--message`), and
`tenant show` prints both as one file, `tenant show --tenant` and `platform show` one part alone. Whatever the
file says, no tenant gets more than the [ceilings](settings.md#ceilings) of the installation. Why so:
[0053](decisions/0053-two-parts.md).

`tenant validate --tenant acme FILE` checks what `tenant apply --tenant acme` would take, without any engine; whether
the operator's part allows its channels, `tenant apply --tenant acme --dry-run FILE` knows. `preview`, `explain` and
`route test` take either form.

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
