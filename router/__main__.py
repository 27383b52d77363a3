"""`alert-router` and `python -m router`: the command line, with errors that a person can act on and no traceback.

Exit codes: 0 fine, 1 failed, 2 wrong usage or invalid input.
"""

import sys

from router.cli.commands import app
from router.errors import ConfigurationError, RouterError


def main() -> None:
    """Run the command line."""
    try:
        app(prog_name="alert-router")
    except ConfigurationError as error:
        _fail(error, code=2)
    except RouterError as error:
        _fail(error, code=1)
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(error: RouterError, code: int) -> None:
    for line in str(error).splitlines():
        sys.stderr.write(f"error: {line}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
