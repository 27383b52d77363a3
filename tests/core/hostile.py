"""Webhook bodies as a hostile or broken sender makes them, always the same for the same seed."""

import json
import random
from typing import Any, Final

NASTY: Final = (
    "<!channel>", "<!here|all>", "<!everyone>", "<@U123>", "<#C123>", "<!subteam^S012>", "<!subteam^S999|@boss>",
    "<https://evil.example|https://grafana.corp>", "https://evil.example/x", "www.evil.example", "evil.example",
    "mailto:a@evil.example", "@here @channel @everyone #general", "<!date^0^{date}^https://evil.example|x>",
    "&lt;!channel&gt; &amp;amp; &#60;!here&#62;", "`code` ```block```", "*bold* _it_ ~no~", "two\nlines\n> quote",
    ">>> quoted", "\u202eright to left\u202c", "\u2066\u2067\u2068open", "שלום עולם", "مرحبا",
    "\ufefffoo\u200b\u200d\u00ad",
    "\x00\x07\x1b[31m\x7f", "{{ 7 * 7 }} {% raw %} %(count)s %s 100%", "javascript:alert(1)", "]]>", "'\"\\",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f44d\U0001f3fd", "\U0001f1eb\U0001f1f7",
    ":boom:",
    "e\u0301\u0301\u0301", "\u0e01\u0e33", "\U000e0041", "\ufffe\uffff", "\u2028\u2029", "", " ", "\t", "critical",
    "0",
)  # fmt: skip
URLS: Final = (
    "https://ours.example/d?a=1&b=2", "https://ours.example/a|b>c", "http://[", "javascript:alert(1)",
    "//evil.example",
    "https://ours.example/\"'<>`\u202e", "https://ours.example/" + "x" * 3_000, "ftp://ours.example", "https://", "",
    "https://ours.example/<!channel>", "data:text/html,x", "https://ours.example/%7C%3E", "HTTPS://ours.example",
)  # fmt: skip
_LABELS: Final = ("alertname", "severity", "instance", "job", "service", "<!here>", "a`b", "", "é", "x" * 90)
_NOTES: Final = ("summary", "summary_fr", "summary_de", "description", "value", "x")
_LINKS: Final = ("runbook_url", "dashboard_url")
_SEVERITIES: Final = ("critical", "warning", "info", "error", "page", "<!channel>")
_TIMES: Final = ("2026-11-17T09:00:00Z", "0001-01-01T00:00:00Z", "2026-11-17T08:59:59.999999999+05:45")
_ENDS: Final = ("2026-11-17T09:30:00Z", "0001-01-01T00:00:00Z")
_MEGABYTE: Final = 1_000_000


def hostile_body(seed: int) -> bytes:
    """A body: one in five hundred has a value of a megabyte, one in four thousand 10,000 alerts; most are small."""
    lots = random.Random(seed)
    alerts = [_alert(lots) for _ in range(lots.choice((1, 1, 1, 2, 3, 12)))]
    if seed % 500 == 17:
        _swell(alerts[0], lots)
    if seed % 4_000 == 42:
        alerts = [_numbered(alerts[0], number) for number in range(10_000)]
    return json.dumps({
        "version": "4", "groupKey": _text(lots), "groupLabels": _labels(lots), "alerts": alerts,
        "externalURL": lots.choice(URLS), "receiver": _text(lots), "truncatedAlerts": lots.choice((0, 0, 3)),
    }).encode()  # fmt: skip


def _alert(lots: random.Random) -> dict[str, Any]:
    labels = _labels(lots) | {"alertname": _text(lots) or "A"}
    if lots.random() < 0.6:
        labels["severity"] = lots.choice(_SEVERITIES)
    notes = {lots.choice(_NOTES): _text(lots) for _ in range(lots.randrange(4))}
    links = {name: lots.choice(URLS) for name in _LINKS if lots.random() < 0.4}
    return {
        "status": lots.choice(("firing", "firing", "resolved")), "labels": labels, "annotations": notes | links,
        "startsAt": lots.choice(_TIMES), "endsAt": lots.choice(_ENDS), "generatorURL": lots.choice(URLS),
    }  # fmt: skip


def _labels(lots: random.Random) -> dict[str, str]:
    return {lots.choice(_LABELS): _text(lots) for _ in range(lots.randrange(4))}


def _text(lots: random.Random) -> str:
    """Nasty pieces and random characters, often more than there is room for."""
    pieces = [lots.choice(NASTY) for _ in range(lots.choice((1, 1, 2, 3)))]
    if lots.random() < 0.3:
        pieces.append("".join(_char(lots) for _ in range(lots.randrange(20))))
    return lots.choice(("", " ", "|")).join(pieces) * lots.choice((1, 1, 1, 1, 1, 40))


def _char(lots: random.Random) -> str:
    code = lots.choice((lots.randrange(0x80), lots.randrange(0x3000), lots.randrange(0x110000)))
    return chr(code) if not 0xD800 <= code < 0xE000 else "?"


def _swell(alert: dict[str, Any], lots: random.Random) -> None:
    piece = _text(lots) or "x"
    place = lots.choice(("labels", "annotations"))
    alert[place][lots.choice(("summary", "alertname", "instance"))] = (piece * (_MEGABYTE // len(piece) + 1))[
        :_MEGABYTE
    ]


def _numbered(alert: dict[str, Any], number: int) -> dict[str, Any]:
    return {**alert, "status": "firing", "labels": {**alert["labels"], "instance": f"<!here> {number}"}}
