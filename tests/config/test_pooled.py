"""A file gets another pool, and stays what it is otherwise, comments and all."""

import pytest

from router.config.joined import platform_text
from router.config.pooled import with_pool
from router.config.read import parse
from router.core.pool import SHARED, Pool
from tests.config.samples import EXAMPLE, SMALL

BLOCK = """\
tenant: acme
platform:
  slack:
    token: {secret: slack}  # of the bot
  pool: silver
  limits: {notifications: {rate: "60/m", burst: 20}}
"""


def test_the_pool_alone_is_changed() -> None:
    assert with_pool(BLOCK, Pool("gold")) == BLOCK.replace("silver", "gold")
    assert with_pool(BLOCK, SHARED) == BLOCK.replace("  pool: silver\n", "")


@pytest.mark.parametrize("text", [SMALL, EXAMPLE])
def test_a_part_of_a_file_gets_one_that_it_had_not(text: str) -> None:
    part = platform_text(text)
    before, after = parse(part, "a").keys, parse(with_pool(part, Pool("gold")), "a").keys

    assert after == {**before, "platform": {**_mapping(before["platform"]), "pool": "gold"}}
    assert parse(with_pool(with_pool(part, Pool("gold")), SHARED), "a").keys == before


def test_what_is_not_such_a_part_stays_as_it_is() -> None:
    for text in ("", "platform: none\n", "- a\n"):
        assert with_pool(text, Pool("gold")) == text


def _mapping(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value
