"""`make house`: print the figures, then each budget that is exceeded; exit 1 when there is one."""

import sys
from pathlib import Path

from tools.house.budgets import breaches
from tools.house.figures import table
from tools.house.source import read_modules


def main() -> int:
    """The exit code."""
    modules = read_modules(Path.cwd())
    sys.stdout.write(table(modules) + "\n")
    found = list(breaches(modules, Path("tests")))
    sys.stderr.writelines(f"over budget: {one}\n" for one in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
