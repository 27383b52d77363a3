"""What a template does only when it runs is found before it holds, in every language, and named like any mistake."""

import pytest

from router.adapters.locale.catalogue import Catalogue
from router.config.read import read_document
from router.config.templates import template_validator
from router.errors import ConfigurationError
from router.ports.tenants import Localizations
from tests.config.samples import SMALL


def with_parts(*parts: str) -> str:
    return SMALL + "templates:\n  - name: ours\n    parts:\n" + "".join(f"      {part}\n" for part in parts)


def findings(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        read_document(text, "acme.yaml", template_validator(Catalogue.load))
    return tuple(map(str, caught.value.diagnostics))


def test_what_fails_on_a_sample_is_a_finding_with_its_place() -> None:
    assert findings(with_parts('title: "{{ labels }}"', 'alert: "{{ summary | join }}"')) == (
        "acme.yaml:14:14: templates[0].parts.title: cannot be printed for the sample `firing` in en: "
        "a list cannot be printed as it is; use join, first or a loop",
        "acme.yaml:15:14: templates[0].parts.alert: cannot be printed for the sample `firing` in en: "
        "this is not a list; join, sort and loops take labels, annotations, links, counts or alerts",
    )


def test_what_fails_in_one_language_only_is_found() -> None:
    [finding] = findings(with_parts("title: \"{% if t.firing == 'aktiv' %}{{ labels }}{% endif %}x\""))
    assert "for the sample `firing` in de" in finding


def test_what_prints_or_does_too_much_is_found() -> None:
    greedy = "{% for a in labels %}" + "{{ labels | sort | join('" + "x" * 300 + "') }}" * 3 + "{% endfor %}"
    [finding] = findings(with_parts(f'title: "{greedy}"'))
    assert "it prints more than 4000 characters" in finding


def test_words_are_loaded_for_templates_only() -> None:
    def load() -> Localizations:
        pytest.fail("loaded")

    assert read_document(SMALL, "acme.yaml", template_validator(load)).tenant == "acme"


def test_a_right_template_passes() -> None:
    text = with_parts('title: "{{ mention }} {{ state | bold }} {{ subject }}"')
    assert read_document(text, "acme.yaml", template_validator(Catalogue.load)).templates[0].name == "ours"
