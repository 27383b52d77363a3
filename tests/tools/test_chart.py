"""What is generated of the Helm chart is what the program and the other files have."""

from tools.chart.__main__ import copies, stale


def test_schema_rules_and_dashboards_of_the_chart_are_as_make_docs_writes_them() -> None:
    old = [
        str(path) for path, text in copies().items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]

    assert old == [], "make docs"
    assert stale() == [], "make docs"
