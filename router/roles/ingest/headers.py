"""Headers of a record as text."""

from collections.abc import Collection, Mapping

from router.errors import PayloadError
from router.ports.kafka import Record


def header_text(record: Record, name: str) -> str | None:
    """The text of a header; None where there is none.

    Raises:
        PayloadError: there are several that differ, or it is not UTF-8.
    """
    return header_texts(record, (name,)).get(name)


def header_texts(record: Record, names: Collection[str]) -> Mapping[str, str]:
    """The texts of these headers, of those that are there.

    Raises:
        PayloadError: there are several of one name that differ, or one is not UTF-8.
    """
    found: dict[str, bytes | None] = {}
    for name, value in record.headers:
        if name in names and found.setdefault(name, value) != value:
            raise PayloadError("bad_header", f"the record has several headers {name!r} that differ")
    return {name: _text(name, value) for name, value in found.items() if value is not None}


def _text(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise PayloadError("bad_header", f"header {name!r} is not valid UTF-8") from None
