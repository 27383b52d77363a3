"""Texts in Go's templates become parts where these offer what they use, and nothing is guessed."""

import pytest

from router.config.alertmanager.gotemplate import NotOfferedError
from router.config.alertmanager.parts import is_default, of_alerts, of_each_alert, of_message
from router.core.template.compile import compile_part

TITLES = [
    ("Alert", "Alert"),
    ("{{ .CommonLabels.alertname }}", "{{ labels.alertname }}"),
    ("{{ .GroupLabels.cluster | toUpper }}", "{{ labels.cluster | upper }}"),
    ("{{ .Status | toUpper }}: {{ .Status }}", "{{ state | upper }}: {{ state }}"),
    (
        '[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}] x',
        '[{{ state | upper }}{% if status == "firing" %}:{{ counts.firing }}{% endif %}] x',
    ),
    ("{{ len .Alerts.Resolved }} of {{ len .Alerts }}", "{{ counts.resolved }} of {{ total }}"),
    ("{{ if gt (len .Alerts.Firing) 1 }}many{{ else }}one{{ end }}",
     "{% if counts.firing > 1 %}many{% else %}one{% endif %}"),
    (
        '{{ if eq .CommonLabels.severity "page" "critical" }}!{{ else if .CommonLabels.team }}t{{ end }}',
        '{% if labels.severity == "page" or labels.severity == "critical" %}!{% else %}'
        "{% if labels.team %}t{% endif %}{% endif %}",
    ),
    ('{{ if and (eq .Status "firing") (not .CommonLabels.team) }}?{{ end }}',
     '{% if (status == "firing") and (not labels.team) %}?{% endif %}'),
    ("a {{- /* nothing */ -}} b", "ab"),
    ("a {{- .Receiver -}} b", "a{{ receiver }}b"),
    ('{{ "a{{b" }} {% x', 'a{{ "{{" }}b {{ "{%" }} x'),
    ("{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }} {{ end }}",
     "{% for name, value in labels | dictsort %}{{ name }}={{ value }} {% endfor %}"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TITLES)
def test_what_is_offered_is_translated(text: str, expected: str) -> None:
    made = of_message(text)

    assert made.source == expected
    compile_part("title", made.source)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ range .Alerts }}\n*{{ .Annotations.summary }}*\n{{ end }}", "*{{ annotations.summary }}*"),
        ("{{ range .Alerts }}{{ .Labels.pod }}{{ $.CommonLabels.job }}{{ end }}", "{{ labels.pod }}{{ labels.job }}"),
        ('{{ range .Alerts }}{{ index .Labels "a.b" }}{{ end }}', '{{ labels["a.b"] }}'),
        ("{{ range .Alerts }}{{ range $k, $v := .Labels }}{{ $k }}:{{ $v }}{{ end }}{{ end }}",
         "{% for name, value in labels | dictsort %}{{ name }}:{{ value }}{% endfor %}"),
        ("{{ range .Alerts.Firing }}F{{ end }} {{ range .Alerts.Resolved }}R{{ end }}",
         '{% if status == "resolved" %}R{% else %}F{% endif %}'),
    ],
)  # fmt: skip
def test_a_loop_over_alerts_is_the_part_of_each(text: str, expected: str) -> None:
    made = of_alerts(text)

    assert made is not None
    assert made.source == expected
    compile_part("alert", made.source)


def test_annotations_that_all_have_are_shown_by_each() -> None:
    assert of_alerts("{{ .CommonAnnotations.summary }}") is None
    assert of_each_alert("{{ .CommonAnnotations.summary }}").source == "{{ annotations.summary }}"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{{ template "own" . }}', "template"),
        ("{{ with .CommonLabels }}x{{ end }}", "with"),
        ("{{ .CommonAnnotations.summary }}", r"\.CommonAnnotations\.summary"),
        ("{{ .ExternalURL }}", r"\.ExternalURL"),
        ('{{ .CommonLabels.Values | join " " }}', r"join|Values"),
        ("{{ .CommonLabels.x | title }}", "title"),
        ("{{ printf `%s` .Status }}", "printf"),
        ("{{ $x := 1 }}", r"\$x"),
        ("<https://example.org|here>", "link"),
        ("{{ range .Alerts }}x", "end"),
        ("{{ end }}", "end"),
        ("{{ if .Status }}" * 30, "levels"),
        ("{{ }}", "empty"),
        ("{{ range .Alerts }}{{ end }}", "loop"),
    ],
)
def test_what_is_not_offered_is_named(text: str, named: str) -> None:
    with pytest.raises(NotOfferedError, match=named):
        of_message(text)


@pytest.mark.parametrize(
    "text",
    [
        "before {{ range .Alerts }}x{{ end }}",
        "{{ range .Alerts }}x{{ end }}{{ range .Alerts }}y{{ end }}",
        "{{ range .Alerts }}x{{ end }}{{ range .Alerts.Firing }}y{{ end }}",
        "{{ range .Alerts }}{{ .GeneratorURL }}{{ end }}",
    ],
)
def test_a_loop_with_more_beside_or_inside_is_refused(text: str) -> None:
    with pytest.raises(NotOfferedError):
        of_alerts(text)


def test_whom_a_text_mentions_is_the_receivers_and_no_words_of_the_part() -> None:
    made = of_message("<!here> <@U012|ana> <!subteam^S01> {{ .Receiver }} <!here>")

    assert made.source.split() == ["{{", "receiver", "}}"]
    assert list(made.mentions) == ["<!here>", "<@U012>", "<!subteam^S01>"]


@pytest.mark.parametrize("text", ["", " \n", '{{ template "slack.default.title" . }}'])
def test_what_alertmanager_has_anyway_is_none_of_the_tenants(text: str) -> None:
    assert is_default(text)
    assert not is_default(text + "x")
