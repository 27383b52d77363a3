"""Documents that the tests start from, and one way to change them."""

import re
from pathlib import Path

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


def mistakes_in(path: Path) -> list[tuple[str, str, list[str]]]:
    """A table of mistakes: what to replace in the small sample, by what, and the findings of that."""
    rows = []
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        old, new, *expected = (_ESCAPE.sub(_unescaped, line[8:]) for line in lines)
        assert [line[:8].strip() for line in lines] == ["replace", "with"] + ["finds"] * len(expected)
        rows.append((old, new, expected))
    return rows


_ESCAPE = re.compile(r"~[nt1]")


def _unescaped(match: re.Match[str]) -> str:
    return {"~n": "\n", "~t": "\t", "~1": "\x01"}[match[0]]
