"""Sizes and flows of bytes as they are written, `16Mi` and `16Mi/s`: in KiB, since buckets count microseconds."""

import re
from typing import Final

from router.core.model.instant import HOUR, MINUTE, SECOND, Span

_KIBIBYTES: Final = {"Ki": 1, "Mi": 1 << 10, "Gi": 1 << 20}
_SIZE: Final = re.compile(r"([1-9][0-9]{0,3})(Ki|Mi|Gi)")
_UNITS: Final = {"s": SECOND, "m": MINUTE, "h": HOUR}


def parse_kibibytes(size: str) -> int:
    """The KiB of a size such as `16Mi`; ValueError for what is not one."""
    match = _SIZE.fullmatch(size)
    if match is None:
        raise ValueError("is not a valid size; use a number up to 9999 with Ki, Mi or Gi, for example 16Mi")
    return int(match[1]) * _KIBIBYTES[match[2]]


def parse_flow(rate: str) -> Span:
    """The time between two KiB at a rate such as `16Mi/s`; ValueError for what is not one."""
    size, _, unit = rate.partition("/")
    if unit not in _UNITS:
        raise ValueError("is not a valid rate; use for example 16Mi/s or 512Ki/m")
    return Span(max(1, _UNITS[unit] // parse_kibibytes(size)))
