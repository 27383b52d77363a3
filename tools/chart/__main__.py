"""`make chart`: `python -m tools.chart [HELM]` writes what is generated; with Helm, the rendered examples too."""

import sys
import textwrap
from pathlib import Path
from typing import Final

from tools.chart.rendering import CHART, RENDERED, TOP, examples, rendered
from tools.chart.schema import schema

RULES: Final = ["alert-router.yml", "slo.yml"]
"""Of deploy/prometheus."""
DASHBOARDS: Final = TOP / "deploy/grafana/dashboards"
MONITORING: Final = TOP / "deploy/kubernetes/components/monitoring"


def copies() -> dict[Path, str]:
    """Own copies of what stands elsewhere: a chart, and a folder of Kustomize, have nothing from beside them."""
    rules = {name: (TOP / "deploy/prometheus" / name).read_text(encoding="utf-8") for name in RULES}
    dashboards = {
        CHART / "dashboards" / one.name: one.read_text(encoding="utf-8") for one in DASHBOARDS.glob("*.json")
    }
    return {
        CHART / "values.schema.json": schema(),
        **dashboards,
        **{CHART / "rules" / name: text for name, text in rules.items()},
        MONITORING / "rules.yaml": "---\n".join(_rule(name, text) for name, text in rules.items()),
    }


def _rule(name: str, text: str) -> str:
    """The object of Prometheus' operator with these rules."""
    head = (
        f"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {{name: {Path(name).stem}}}\nspec:\n"
    )
    return head + textwrap.indent(text, "  ")


def stale() -> list[Path]:
    """Copies of what has gone."""
    return sorted({*(CHART / "rules").glob("*"), *(CHART / "dashboards").glob("*")} - copies().keys())


def main(helm: str | None) -> None:
    """Write all of it, and remove what nothing stands behind any more."""
    for path in stale():
        path.unlink()
    for path, text in copies().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for example in examples() if helm is not None else ():
        RENDERED.mkdir(exist_ok=True)
        (RENDERED / f"{example}.yaml").write_text(rendered(helm or "", example), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
