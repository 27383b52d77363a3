"""Labels as people write them in a command: LABEL=VALUE, the value in quotes or not, as amtool takes them."""

from router.core.match.matcher import Operator, parse_matchers
from router.errors import ConfigurationError

_QUOTED = '"'


def read_label(text: str) -> tuple[str, str]:
    """The name and the value, which may be empty.

    Raises:
        ConfigurationError: it is not a label.
    """
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise ConfigurationError(f"{name!r} is not a valid label; use for example severity=critical")
    if not (value.startswith(_QUOTED) and value.endswith(_QUOTED)) or len(value) == 1:
        return name, value
    try:
        [matcher] = parse_matchers(text)
    except ValueError:
        matcher = None
    if matcher is None or matcher.operator is not Operator.EQUAL:
        raise ConfigurationError(f"{text!r} is not a valid label; use for example severity=critical")
    return matcher.name, matcher.value
