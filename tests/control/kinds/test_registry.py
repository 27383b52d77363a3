"""Whatever is stored is in the registry of kinds, and whatever is in the registry can be stored."""

import re
from collections import Counter
from pathlib import Path
from typing import Final, get_args

import pytest

from router.adapters.postgres.tables import METADATA
from router.adapters.redis import keys
from router.control.kinds.kind import Ending, Erasure, Kind, Place, Whose
from router.control.kinds.registry import KINDS, kinds_in
from router.settings import Settings

ROUTER: Final = Path(__file__).parents[3] / "router"
DOCS: Final = Path(__file__).parents[3] / "docs"
PARTS: Final = {
    Place.TENANT_KEYS: keys.TenantPart,
    Place.WORKSPACE_KEYS: keys.WorkspacePart,
    Place.INDEX_KEYS: keys.IndexPart,
}


def topics() -> set[str]:
    """The settings that name topics."""
    sections = {name: type(section) for name, section in Settings.model_construct()}
    return {
        f"{section}.{name}"
        for section, model in sections.items()
        for name in getattr(model, "model_fields", {})
        if re.fullmatch(r"(.+_)?topics?", name) and name != "create_topics"
    }


@pytest.mark.parametrize("place", PARTS)
def test_a_key_of_redis_is_of_a_kind_and_a_kind_has_a_key(place: Place) -> None:
    """The type checker holds every builder of keys to these parts."""
    assert sorted(one.name for one in kinds_in(place)) == sorted(get_args(PARTS[place]))


def test_a_topic_is_of_a_kind_and_a_kind_has_a_topic() -> None:
    assert {one.name for one in kinds_in(Place.TOPICS)} == topics()


def test_a_table_is_of_a_kind_and_a_kind_has_a_table() -> None:
    assert {one.name for one in kinds_in(Place.TABLES)} == {one.name for one in METADATA.sorted_tables}


def test_no_kind_stands_there_twice() -> None:
    assert [one for one, times in Counter((kind.place, kind.name) for kind in KINDS).items() if times > 1] == []


def test_keys_are_built_in_one_module_and_by_no_script() -> None:
    prefix = re.compile(r"alert-router:(?!problem)|\{:index\}|\{ws:")
    found = {
        str(path.relative_to(ROUTER))
        for path in [*ROUTER.rglob("*.py"), *ROUTER.rglob("*.lua")]
        if prefix.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"adapters/redis/keys.py"}


@pytest.mark.parametrize("kind", [one for one in KINDS if one.kept.setting], ids=lambda kind: kind.name)
def test_a_setting_that_a_kind_names_exists(kind: Kind) -> None:
    section, _, name = kind.kept.setting.partition(".")
    assert name in type(getattr(Settings.model_construct(), section)).model_fields


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.place.name}-{kind.name}")
def test_what_becomes_of_a_kind_fits_what_it_is(kind: Kind) -> None:
    assert kind.holds
    assert kind.purpose
    assert (kind.whose is Whose.INSTALLATION) == (kind.erasure is Erasure.UNTOUCHED)
    assert (kind.place is Place.TENANT_KEYS) == (kind.erasure is Erasure.KEYS)
    if kind.erasure is Erasure.EXPIRES:
        assert kind.kept.ending in {Ending.EXPIRY, Ending.TOPIC}
    if kind.erasure is Erasure.TOMBSTONE:
        assert not kind.personal


@pytest.mark.parametrize("place", PARTS)
def test_the_architecture_page_describes_every_key(place: Place) -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8").split("## What is in Redis")[1]
    described = re.findall(r"[{:]([a-z-]+)[}:`\[]|`:([a-z-]+)", page.split("Scripts hold")[0])
    named = {one for pair in described for one in pair}
    assert [one.name for one in kinds_in(place) if one.name not in named | {"nothing", "health"}] == []
