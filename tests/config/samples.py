"""Documents that the tests start from, and one way to change them."""

EXAMPLE = """\
version: 1
tenant: acme
platform:                      # operator's part
  slack: {token: {secret: slack}, channels: ["#alerts", "#storage", C0123456]}   # channels it may use; absent = any
  limits: {notifications: {rate: 60/m, burst: 20}, inbound: {rate: 1000/s, burst: 5000}}
locale: fr-FR                  # catalogues en fr de es it; fr-CA falls back to fr, then en
time_zone: Europe/Paris
severity: {label: severity, order: [critical, error, warning, info]}
route:                         # Alertmanager's routing tree: same words, same meaning
  receiver: default
  group_by: [alertname, service]
  routes:
    - {matchers: ['severity="critical"'], receiver: oncall, repeat_interval: 1h, continue: true}
    - {matchers: ['team=~"db|storage"'], receiver: storage}
receivers:
  - {name: default, slack: {channel: "#alerts"}}
  - {name: oncall, slack: {channel: C0123456, mention: ["<!subteam^S012>"], locale: en}}
  - {name: storage, slack: {channel: "#storage", send_resolved: false}}
"""

SMALL = """\
version: 1
tenant: acme
platform: {slack: {token: {secret: slack}, channels: ["#alerts", C0123456]}}
route:
  receiver: default
  routes:
    - {matchers: ['a="b"'], receiver: oncall}
receivers:
  - {name: default, slack: {channel: "#alerts"}}
  - {name: oncall, slack: {channel: C0123456}}
"""


def changed(old: str, new: str, text: str = SMALL) -> str:
    """The text with its one occurrence of `old` replaced; a table whose rows change nothing would prove nothing."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the sample"
    return text.replace(old, new)
