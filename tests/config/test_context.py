"""What is shown beside alerts, and which Prometheus is asked for it, as it is written and as the core has it."""

import pytest

from router.config.compile.tenant import compile_tenant
from router.config.read import read_document
from router.core.model.instant import MILLISECOND, SECOND, Span
from router.core.model.rules.context import (
    DEFAULT_CONTEXT,
    ContextRules,
    OnlyHeader,
    OnlyLabel,
    PrometheusAccess,
)
from router.core.model.rules.names import ReceiverName, SecretName
from router.core.model.rules.tenant import Tenant
from router.errors import ConfigurationError
from tests.config.samples import SMALL, changed


def with_prometheus(prometheus: str) -> str:
    return changed("slack: {token", f"prometheus: {prometheus}, slack: {{token")


def compiled(text: str) -> Tenant:
    return compile_tenant(read_document(text, "acme.yaml"), 7)


def finding(prometheus: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_document(with_prometheus(prometheus), "acme.yaml")
    [one] = caught.value.diagnostics
    return str(one).split(": ", 1)[1]


def test_without_a_word_no_prometheus_is_asked_and_history_is_shown() -> None:
    tenant = compiled(SMALL)

    assert tenant.prometheus is None
    assert tenant.context == DEFAULT_CONTEXT == ContextRules((), history=True, chart_edit=True)
    assert all(receiver.chart for receiver in tenant.receivers.values())


@pytest.mark.parametrize(
    ("only", "access"),
    [
        ("all", None),
        ("{label: {tenant: acme}}", OnlyLabel("tenant", "acme")),
        ("{header: {X-Scope-OrgID: acme}}", OnlyHeader("X-Scope-OrgID", "acme")),
    ],
)
def test_what_is_the_tenants_is_all_or_has_a_label_or_a_header(only: str, access: object) -> None:
    tenant = compiled(with_prometheus(f'{{url: "http://p:9090/", only: {only}}}'))

    assert tenant.prometheus == PrometheusAccess("http://p:9090", only=access)  # type: ignore[arg-type]
    assert tenant.prometheus.timeout == SECOND


def test_token_certificates_and_patience_are_the_operators() -> None:
    text = '{url: "https://p/x", only: all, token: {secret: prom}, ca: /etc/p.pem, timeout: 300ms}'

    access = compiled(with_prometheus(text)).prometheus

    assert access == PrometheusAccess("https://p/x", SecretName("prom"), "/etc/p.pem", Span(300 * MILLISECOND))


def test_a_tenant_says_what_is_related_and_a_receiver_whether_it_has_charts() -> None:
    text = changed('slack: {channel: "#alerts"}', 'slack: {channel: "#alerts", chart: false}')
    tenant = compiled(f"{text}context: {{related: [service, cluster], history: false, chart_edit: false}}\n")

    assert tenant.context == ContextRules(("service", "cluster"), history=False, chart_edit=False)
    assert not tenant.receivers[ReceiverName("default")].chart


@pytest.mark.parametrize(
    ("prometheus", "words"),
    [
        (
            '{url: "http://p"}',
            'platform.prometheus.only: missing; use for example only: {"label": {"tenant": "acme"}}',
        ),
        ("{url: p, only: all}", "platform.prometheus.url: `p` is not a valid address"),
        ('{url: "http://p", only: acme}', "platform.prometheus.only: `acme` is not known; use all, or a label"),
        ('{url: "http://p", only: {}}', "platform.prometheus.only: needs either label or header"),
        ('{url: "http://p", only: {label: {a: b}, header: {c: d}}}', "platform.prometheus.only: needs either"),
        ('{url: "http://p", only: {label: {a: b, c: d}}}', "platform.prometheus.only.label: has 2 names"),
        ('{url: "http://p", only: {label: {__name__: up}}}', "platform.prometheus.only.label: `__name__` is not"),
        ('{url: "http://p", only: {label: {a: ""}}}', "platform.prometheus.only.label: `` is not a value"),
        ('{url: "http://p", only: {label: {a: é}}}', "platform.prometheus.only.label: `é` is not a value"),
        ('{url: "http://p", only: {header: {Authorization: b}}}', "platform.prometheus.only.header: `Authorization`"),
        ('{url: "http://p", only: {header: {x-forwarded-for: b}}}', "platform.prometheus.only.header: `x-forwarded-"),
        ('{url: "http://p", only: {header: {"a b": c}}}', "platform.prometheus.only.header: `a b` is not a header"),
        ('{url: "http://p", only: {header: {A: "b\\r\\nC: d"}}}', "platform.prometheus.only.header: "),
        ('{url: "http://p", only: all, timeout: 6s}', "platform.prometheus.timeout: `6s` is out of range"),
        ('{url: "http://p", only: all, timeout: 49ms}', "platform.prometheus.timeout: `49ms` is out of range"),
        ('{url: "http://p", only: all, ca: p.pem}', "platform.prometheus.ca: `p.pem` is not a file's full path"),
        ('{url: "http://u:p@h", only: all}', "platform.prometheus.url: an address must not hold a password"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_write(prometheus: str, words: str) -> None:
    assert finding(prometheus).startswith(words)


@pytest.mark.parametrize(
    ("related", "words"),
    [("[a, b, c, d, e, f]", "has 6 labels; at most 5 are allowed"), ("[a, a]", "names a label twice")],
)
def test_what_is_related_has_few_labels_each_once(related: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=f"context.related: {words}"):
        read_document(f"{SMALL}context: {{related: {related}}}\n", "acme.yaml")
