"""`make docs` writes the pages that are generated from the program."""

import sys
from pathlib import Path
from typing import Final

from tools.docs import (
    access,
    api,
    architecture,
    bounds,
    charts,
    commands,
    isolation,
    logs,
    metrics,
    processing,
    quotas,
    retention,
    settings,
    soc2,
    tenant_file,
)

PAGES: Final = {
    "access.md": access.page,
    "api.md": api.page,
    "architecture.md": architecture.page,
    "tenant-file.md": tenant_file.page,
    "commands.md": commands.page,
    "settings.md": settings.page,
    "bounds.md": bounds.page,
    "charts.md": charts.page,
    "metrics.md": metrics.page,
    "isolation.md": isolation.page,
    "logs.md": logs.page,
    "processing.md": processing.page,
    "quotas.md": quotas.page,
    "retention.md": retention.page,
    "soc2.md": soc2.page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        Path(sys.argv[1], name).write_text(page(), encoding="utf-8")
