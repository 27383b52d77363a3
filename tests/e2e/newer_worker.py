"""A worker of the next release: `python -m tests.e2e.newer_worker`. It writes groups in a form that ours lacks."""

import sys
from typing import Any, cast

from router.adapters.redis import codec, forms
from router.cli.commands import app

NEWER = "99"


def main() -> None:
    readers = cast("dict[str, Any]", forms.READERS)
    readers[NEWER] = readers[forms.CURRENT]
    setattr(codec, "CURRENT", NEWER)  # noqa: B010 - a constant
    sys.argv[1:] = ["worker"]
    app()


if __name__ == "__main__":
    main()
