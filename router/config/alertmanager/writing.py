"""Write an imported document as the YAML that a person goes on with: a block each line, comments where they help."""

import io
from collections.abc import Mapping
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import LiteralScalarString

from router.config.alertmanager.document import Imported

_HEADER: Final = "# From {source}, by `alert-router import`. What it says besides was listed then.\n"
_WIDEST: Final = 10_000


def written(imported: Imported, source: str) -> str:
    """The document as text; `source` is the name of the file that it is from."""
    document = _with_comments(imported.document)
    for entry in document["receivers"]:
        if (comment := imported.comments.get(entry["name"])) is not None:
            entry.yaml_add_eol_comment(comment, "name", column=0)
    yaml, text = YAML(), io.StringIO()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = _WIDEST
    yaml.dump(document, text)
    return _HEADER.format(source=source) + text.getvalue()


def _with_comments(value: Any) -> Any:  # noqa: ANN401 - plain data
    """The same data in the types that carry comments, texts of several lines as such."""
    if isinstance(value, Mapping):
        return CommentedMap((key, _with_comments(inside)) for key, inside in value.items())
    if isinstance(value, list):
        return CommentedSeq(map(_with_comments, value))
    if isinstance(value, str) and "\n" in value and value.isprintable() is False and "\t" not in value:
        return LiteralScalarString(value)
    return value
