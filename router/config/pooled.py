"""The operator's part of a configuration with another pool; what else is written there, comments too, stays."""

import io
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from router.config.parts import PLATFORM
from router.core.pool import Pool

_WIDEST: Final = 10_000
_POOL: Final = "pool"


def with_pool(text: str, pool: Pool) -> str:
    """The operator's part of a file, as a file of its own, with this pool: for the shared one it names none."""
    yaml, written = YAML(), io.StringIO()
    yaml.width, yaml.preserve_quotes = _WIDEST, True
    data = yaml.load(text)
    platform = data.get(PLATFORM) if isinstance(data, CommentedMap) else None
    if not isinstance(platform, CommentedMap):
        return text
    if pool:
        platform[_POOL] = str(pool)
    else:
        platform.pop(_POOL, None)
    yaml.dump(data, written)
    return written.getvalue()
