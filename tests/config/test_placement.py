"""Of a change it is named where it puts the tenant, and nothing else of what stands in the file."""

from router.config.placement import placement_changes
from router.config.stored import dump
from tests.config.samples import SMALL, changed
from tests.control.fakes import content


def stored(text: str) -> str:
    one = content(text)
    return dump(one.document, one.source_text)


def placed(**platform: str) -> str:
    added = "".join(f", {key}: {value}" for key, value in platform.items())
    return stored(changed("C0123456]}}", f"C0123456]}}{added}}}"))


def test_a_move_is_named_by_both_pools() -> None:
    assert list(placement_changes(stored(SMALL), placed(pool="gold"))) == [("platform.pool", "shared", "gold")]
    assert list(placement_changes(placed(pool="gold"), placed(pool="silver"))) == [
        ("platform.pool", "gold", "silver")
    ]
    assert list(placement_changes(placed(pool="gold"), stored(SMALL))) == [("platform.pool", "gold", "shared")]


def test_of_a_first_version_only_what_is_not_so_by_default_is_named() -> None:
    assert list(placement_changes(None, stored(SMALL))) == []
    assert list(placement_changes(None, placed(pool="gold", shard="2", keys="own", cell="eu"))) == [
        ("platform.pool", "shared", "gold"),
        ("platform.shard", None, "2"),
        ("platform.cell", None, "eu"),
        ("platform.keys", None, "own"),
    ]


def test_whether_data_is_sealed_is_named_when_it_changes() -> None:
    assert list(placement_changes(placed(keys="own"), stored(SMALL))) == [("platform.keys", "own", None)]


def test_another_change_of_the_file_moves_nobody() -> None:
    other = stored(changed('a="b"', 'a="c"'))

    assert list(placement_changes(stored(SMALL), other)) == []
