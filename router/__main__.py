"""`alert-router` and `python -m router`: the command line, with errors that a person can act on and no traceback.

Exit codes: 0 fine, 1 failed, 2 wrong usage or invalid input.
"""

import sys
from typing import Any, Final

from router.cli.commands import app
from router.errors import ConfigurationError, RouterError, UnavailableError

_VERSION: Final = ("--version", "-V")
_INTERRUPTED: Final = 130
_NAMED_BY: Final = {"Redis": "ALERT_ROUTER_REDIS__URL", "Kafka": "ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS"}
"""By how the text of an UnavailableError begins: what names where that engine is."""


def main() -> None:
    """Run the command line."""
    if tuple(sys.argv[1:2]) in {(name,) for name in _VERSION}:
        _print_version()
        return
    try:
        code: int = app(prog_name="alert-router", standalone_mode=False) or 0
    except ConfigurationError as error:
        _fail(str(error), code=2)
    except UnavailableError as error:
        _fail(f"{error}{_how_to_reach(error)}", code=1)
    except RouterError as error:
        _fail(str(error), code=1)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - raised again unless it is the parser's
        _fail_for_the_parser(error)
    else:
        sys.exit(code)


def _print_version() -> None:
    from importlib.metadata import version  # noqa: PLC0415 - only when it is asked for

    sys.stdout.write(f"alert-router {version('alert-router')}\n")


def _how_to_reach(error: UnavailableError) -> str:
    """What to do about an engine that does not answer; nothing where it did, and only others were in the way."""
    variable = _NAMED_BY.get(error.problem.partition(":")[0])
    if variable is None or error.__cause__ is None:
        return ""
    return f"\nto fix it: see that it runs and can be reached from here, at the address in {variable}"


def _fail(text: str, code: int) -> None:
    for line in text.splitlines():
        sys.stderr.write(f"error: {line}\n")
    sys.exit(code)


def _fail_for_the_parser(error: Any) -> None:  # noqa: ANN401 - the parser's own errors are not exported
    """Print an error of the parser like all others; raise again whatever else it is."""
    if type(error).__name__ == "Abort":
        _fail("aborted", code=1)
    if not hasattr(error, "format_message"):
        raise error
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        sys.exit(error.exit_code)
    usage = f"\n{error.ctx.get_usage()}" if getattr(error, "ctx", None) is not None else ""
    message = error.format_message() or "wrong usage"
    sys.stderr.write(f"error: {message}{usage}\n")
    sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
