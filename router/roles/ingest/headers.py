"""Headers of a record as text."""

from router.errors import PayloadError
from router.ports.kafka import Record


def header_text(record: Record, name: str) -> str | None:
    """The text of a header; None where there is none.

    Raises:
        PayloadError: there are several that differ, or it is not UTF-8.
    """
    values = {value for header, value in record.headers if header == name}
    if not values:
        return None
    if len(values) > 1:
        raise PayloadError("bad_header", f"the record has several headers {name!r} that differ")
    value = values.pop()
    try:
        return value.decode() if value is not None else None
    except UnicodeDecodeError:
        raise PayloadError("bad_header", f"header {name!r} is not valid UTF-8") from None
