"""Writes the pages that are generated: `make docs`."""

import sys
from pathlib import Path
from typing import Final

from tests.docs import commands, settings, tenant_file

PAGES: Final = {
    "tenant-file.md": tenant_file.page,
    "commands.md": commands.page,
    "settings.md": settings.page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        Path(sys.argv[1], name).write_text(page(), encoding="utf-8")
