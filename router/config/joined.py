"""The texts of both parts of a configuration as one file, and each part of such a file alone; comments stay.

What is cut out or put together is read again. Where a text does not allow that, such as one whose parts share an
anchor, what it stands for is written instead, without its comments.
"""

import io
from collections.abc import Mapping
from typing import Final

from ruamel.yaml import YAML

from router.config.parts import PLATFORM, SHARED
from router.config.read import Written, parse
from router.config.tree import MAX_BYTES
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

_WIDEST: Final = 10_000
_Lines = tuple[int, int]
"""The first line of a part of a text, and the first one behind it, from 0."""


def joined(rules: Written, platform: Written) -> str:
    """One text: the tenant's part of one file, then the operator's part of another one.

    Raises:
        ConfigurationError: it is larger than a file may be.
    """
    of_tenant, of_operator = _rules(rules), _platform(platform)
    theirs = {PLATFORM: of_operator.keys.get(PLATFORM)}
    text = f"{of_tenant.text.rstrip()}\n\n{_cut(of_operator)}\n"
    if len(text.encode()) > MAX_BYTES:
        raise ConfigurationError(
            Diagnostic(f"both parts together are larger than {MAX_BYTES >> 10} KiB; shorten one")
        )
    written = parse(text, "")
    return text if _means(written, {**of_tenant.keys, **theirs}) else f"{_dumped(of_tenant.keys)}\n{_dumped(theirs)}"


def platform_text(text: str) -> str:
    """The operator's part of a file, as a file of its own; raises as `whole`."""
    return _platform(whole(text)).text


def rules_text(text: str) -> str:
    """The tenant's part of a file, as a file of its own; raises as `whole`."""
    return _rules(whole(text)).text


def _platform(written: Written) -> Written:
    wanted = {key: written.keys[key] for key in (*SHARED, PLATFORM) if key in written.keys}
    head = _dumped({key: value for key, value in wanted.items() if key != PLATFORM})
    return _verified(f"{head}{_cut(written)}\n", wanted)


def _rules(written: Written) -> Written:
    if PLATFORM not in written.keys:
        return written
    wanted = {key: value for key, value in written.keys.items() if key != PLATFORM}
    start, end = _block(written) or (0, 0)
    lines = written.text.split("\n")
    rest = "\n".join([*lines[:start], *lines[end:]]).rstrip()
    return _verified(f"{rest}\n", wanted)


def whole(text: str) -> Written:
    """A text that was applied, parsed again.

    Raises:
        ConfigurationError: it cannot be read any more.
    """
    written = parse(text, "")
    if not written.tree.complete or written.tree.diagnostics:
        raise ConfigurationError("the text that was applied cannot be taken apart; apply a file with both parts")
    return written


def _cut(written: Written) -> str:
    """The operator's part as it stands there; "" where it does not stand in lines."""
    start, end = _block(written) or (0, 0)
    return "\n".join(written.text.split("\n")[start:end])


def _block(written: Written) -> _Lines | None:
    """Where the operator's part stands, with the comment right above it; None where it does not stand in lines."""
    position = written.tree.keys.get((PLATFORM,))
    if position is None or position.column != 1:
        return None
    lines = written.text.split("\n")
    start, end = position.line - 1, position.line
    while end < len(lines) and (not lines[end].strip() or lines[end][:1] in " \t"):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    above = start
    while above > 0 and lines[above - 1].startswith("#"):
        above -= 1
    return (above or start, end)


def _verified(text: str, wanted: Mapping[str, object]) -> Written:
    """The text if it stands for what is wanted, else that written out of its data."""
    written = parse(text, "")
    return written if _means(written, wanted) else parse(_dumped(wanted), "")


def _means(written: Written, wanted: Mapping[str, object]) -> bool:
    return written.tree.complete and not written.tree.diagnostics and written.keys == wanted


def _dumped(data: Mapping[str, object]) -> str:
    yaml, text = YAML(), io.StringIO()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = _WIDEST
    yaml.dump(dict(data), text)
    return text.getvalue()
