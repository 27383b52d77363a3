"""Translate the pipelines of Go's templates into expressions of ours: what is offered here, and nothing by guess."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from router.config.alertmanager.gotemplate import NotOfferedError

Scope = Mapping[str, str]
"""What paths and variables mean here, by how they begin: `.Labels` is `labels`."""

_LISTS: Final = {".Alerts": "total", ".Alerts.Firing": "counts.firing", ".Alerts.Resolved": "counts.resolved"}
IN_MESSAGE: Final[Scope] = {
    ".Status": "status", ".Receiver": "receiver", ".CommonLabels": "labels", ".GroupLabels": "labels", **_LISTS,
    "$.Status": "status", "$.CommonLabels": "labels", "$.GroupLabels": "labels",
}  # fmt: skip
IN_ALERT: Final[Scope] = {
    ".Status": "status", ".Labels": "labels", ".Annotations": "annotations", ".StartsAt": "since", ".EndsAt": "until",
    "$.CommonLabels": "labels", "$.GroupLabels": "labels", "$.Receiver": "receiver",
}  # fmt: skip
IN_COMMON: Final[Scope] = {".CommonLabels": "labels", ".GroupLabels": "labels", ".CommonAnnotations": "annotations"}
IN_PAIRS: Final[Scope] = {".Name": "name", ".Value": "value"}

_TOKEN: Final = re.compile(
    r'\s*(?:(?P<text>"(?:\\.|[^"\\])*"|`[^`]*`)|(?P<number>\d+)|(?P<path>\$?(?:\.\w+)+|\$\w+|\.)|(?P<word>\w+)'
    r"|(?P<sign>[()|]))"
)
_COMPARISONS: Final = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_FILTERS: Final = {"toUpper": "upper", "toLower": "lower", "safeHtml": ""}
_ESCAPES: Final = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}

_Token = tuple[str, str]


def expression(pipeline: str, scope: Scope) -> str:
    """The pipeline as an expression of our templates.

    Raises:
        NotOfferedError: it names or calls what is not offered.
    """
    tokens = list(_tokens(pipeline))
    value, left = _pipeline(tokens, scope)
    if left:
        raise NotOfferedError(f"`{pipeline}`")
    return value


def literal(pipeline: str) -> str | None:
    """The text that the pipeline is, where it is nothing else."""
    found = _TOKEN.fullmatch(pipeline)
    return _unquoted(found["text"]) if found is not None and found["text"] else None


def _tokens(text: str) -> Iterator[_Token]:
    at, text = 0, text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise NotOfferedError(f"`{text}`")
        yield str(found.lastgroup), found[str(found.lastgroup)]
        at = found.end()


def _pipeline(tokens: Sequence[_Token], scope: Scope) -> tuple[str, Sequence[_Token]]:
    value, left = _command(tokens, scope, ())
    while left and left[0] == ("sign", "|"):
        value, left = _command(left[1:], scope, (value,))
    return value, left


def _command(tokens: Sequence[_Token], scope: Scope, piped: Sequence[str]) -> tuple[str, Sequence[_Token]]:
    """One function with its operands, the piped value last; or one operand alone."""
    function = tokens[0][1] if tokens and tokens[0][0] == "word" else ""
    left = tokens[1:] if function else tokens
    operands: list[str] = []
    while left and left[0] not in {("sign", "|"), ("sign", ")")}:
        operand, left = _operand(left, scope)
        operands.append(operand)
    operands += piped
    if function:
        return _called(function, operands), left
    if len(operands) != 1:
        raise NotOfferedError("an empty action" if not operands else f"`{operands[0]}` with arguments")
    return operands[0], left


def _operand(tokens: Sequence[_Token], scope: Scope) -> tuple[str, Sequence[_Token]]:
    (kind, text), left = tokens[0], tokens[1:]
    match kind:
        case "text":
            return _quoted(_unquoted(text)), left
        case "number":
            return text, left
        case "path":
            return _named(text, scope), left
        case "sign" if text == "(":
            value, left = _pipeline(left, scope)
            if left[:1] != [("sign", ")")]:
                raise NotOfferedError("a parenthesis without its end")
            return f"({value})" if " " in value else value, left[1:]
        case _:
            raise NotOfferedError(f"`{text}`")


def _named(path: str, scope: Scope) -> str:
    if path in scope:
        return scope[path]
    above, _, name = path.rpartition(".")
    if scope.get(above) in {"labels", "annotations"}:
        return f"{scope[above]}.{name}"
    raise NotOfferedError(f"`{path}`")


def _called(function: str, operands: Sequence[str]) -> str:
    if function in _COMPARISONS and len(operands) >= 2:
        first, *others = operands
        compared = [f"{first} {_COMPARISONS[function]} {one}" for one in others]
        return " or ".join(compared) if function == "eq" else compared[0]
    made: Mapping[tuple[str, int], Callable[[], str]] = {
        ("len", 1): lambda: operands[0] if operands[0] in _LISTS.values() else f"{operands[0]} | length",
        ("not", 1): lambda: f"not {_bound(operands[0])}",
        ("index", 2): lambda: f"{operands[0]}[{operands[1]}]",
    }
    if (function, len(operands)) in made:
        return made[function, len(operands)]()
    if function in {"and", "or"} and operands:
        return f" {function} ".join(map(_bound, operands))
    if function in _FILTERS and len(operands) == 1:
        return f"{operands[0]} | {_FILTERS[function]}" if _FILTERS[function] else operands[0]
    raise NotOfferedError(f"`{function}`")


def _bound(operand: str) -> str:
    return f"({operand})" if " " in operand and not operand.startswith("(") else operand


def _unquoted(text: str) -> str:
    if text.startswith("`"):
        return text[1:-1]
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), text[1:-1])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
