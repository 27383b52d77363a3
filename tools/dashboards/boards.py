"""All dashboards, and where they are."""

from pathlib import Path
from typing import Final

from router.monitoring import one_tenant
from tools.dashboards import overview, pipeline, slack

FOLDER: Final = Path("deploy/grafana/dashboards")
BOARDS: Final = (overview.BOARD, one_tenant.BOARD, pipeline.BOARD, slack.BOARD)
