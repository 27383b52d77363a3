"""What stands below the members of an enum: the text that describes each."""

import ast
import inspect
from collections.abc import Mapping
from enum import Enum
from textwrap import dedent


def texts_of(kind: type[Enum]) -> Mapping[str, str]:
    """The description of each member by its name.

    Raises:
        ValueError: a member has none.
    """
    source = ast.parse(dedent(inspect.getsource(kind)))
    body = [one for defined in source.body if isinstance(defined, ast.ClassDef) for one in defined.body]
    texts = dict(filter(None, map(_described, body, body[1:])))
    if missing := set(kind.__members__) - set(texts):
        raise ValueError(f"{kind.__name__}: no text below {', '.join(sorted(missing))}")
    return texts


def _described(member: ast.stmt, text: ast.stmt) -> tuple[str, str] | None:
    match member, text:
        case ast.Assign(targets=[ast.Name(name)]), ast.Expr(ast.Constant(str(described))):
            return name, " ".join(described.split())
        case _:
            return None
