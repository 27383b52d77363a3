"""The chart's examples, rendered by Helm."""

import subprocess
from pathlib import Path
from typing import Final

TOP: Final = Path(__file__).parents[2]
CHART: Final = TOP / "deploy/helm/alert-router"
EXAMPLES: Final = TOP / "deploy/helm/values-examples"
RENDERED: Final = TOP / "deploy/helm/rendered"
NAMESPACE: Final = "alerting"
KUBERNETES: Final = "1.27.0"
"""The oldest version that the chart takes."""
_TIMEOUT_S: Final = 60


def rendered(helm: str, example: str, chart: Path = CHART, *more: str) -> str:
    """What the example makes of the chart, without rules and dashboards, which change often; `more` is for Helm.

    Raises:
        subprocess.CalledProcessError: Helm refuses it.
    """
    words = [helm, "template", "alert-router", str(chart), "--namespace", NAMESPACE, "--kube-version", KUBERNETES]
    values = ["--values", str(EXAMPLES / f"{example}.yaml")]
    done = subprocess.run(  # noqa: S603 - Helm, and files of ours
        [*words, *values, "--set", "monitoring.rules.enabled=false,monitoring.dashboards.enabled=false", *more],
        capture_output=True,
        text=True,
        check=True,
        timeout=_TIMEOUT_S,
    )
    return done.stdout


def examples() -> list[str]:
    """The names of the examples."""
    return sorted(path.stem for path in EXAMPLES.glob("*.yaml"))
