"""Names of pools, in files and in settings."""

from typing import Annotated

from pydantic import AfterValidator

from router.config.suggestion import quoted
from router.core.pool import SHARED_NAME, Pool, is_pool_name


def _pool(text: str) -> str:
    if text == SHARED_NAME:
        raise ValueError("the shared pool is that of everybody who names none; leave this out")
    if not is_pool_name(text):
        raise ValueError(
            f"{quoted(text)} is not a valid name of a pool; use at most 32 lower-case letters, digits, and hyphens "
            "between them"
        )
    return text


PoolText = Annotated[Pool, AfterValidator(_pool)]
