"""A policy is read with every mistake where it stands, and compared with what is enforced."""

from typing import Final

import pytest

from router.control.isolation.dimensions import NOT_BUILT, Topic
from router.control.isolation.reading import Given, level_of, not_enforced, read_isolation
from router.core.model.alert import TenantId
from router.core.model.rules.limits import Keys
from router.errors import ConfigurationError
from tests.config.samples import changed
from tools.docs.isolation import HEAD

SMALL: Final = HEAD.split("```yaml\n")[1].split("```")[0]


def findings(text: str) -> list[str]:
    try:
        read_isolation(text, "isolation.yaml")
    except ConfigurationError as error:
        return [str(one).removeprefix("isolation.yaml:") for one in error.diagnostics]
    return []


def test_the_example_of_the_page_is_valid_and_gives_each_tenant_its_level() -> None:
    policy = read_isolation(SMALL, "isolation.yaml")

    levels = {tenant: level_of(policy, TenantId(tenant)) for tenant in ("acme", "globex", "initech")}
    assert {tenant: level.topic for tenant, level in levels.items() if level.topic is Topic.OWN} == {
        "acme": Topic.OWN
    }
    assert {tenant: level.keys for tenant, level in levels.items() if level.keys is Keys.OWN} == {"globex": Keys.OWN}


def test_levels_that_are_always_there_need_not_be_written() -> None:
    policy = read_isolation("version: 1\ndefault: sealed\n", "isolation.yaml")

    assert level_of(policy, TenantId("acme")).keys is Keys.OWN
    assert findings("version: 1\nlevels: [{name: sealed, keys: own}, {name: shared}]\ndefault: shared\n") == []


@pytest.mark.parametrize("dimension", sorted(NOT_BUILT))
def test_what_is_not_built_is_refused_by_name_with_the_remedy(dimension: str) -> None:
    [found] = findings(changed("topic: own", f"{dimension}: own", SMALL))

    assert found == f"4:19: levels[0].{dimension}: {NOT_BUILT[dimension]}"


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("topic: own", "data: own", "4:25: levels[0].data: the text `own` is not one of shared"),
        ("topic: own", "budget: shared", "4:27: levels[0].budget: the text `shared` is not one of own"),
        ("acme: bound", "acme: bond", "7:9: tenants.acme: `bond` is not among the levels, did you mean `bound`?"),
        (
            "default: shared",
            "default: own",
            "5:10: default: `own` is not among the levels; there are bound, shared, sealed, dedicated, sovereign",
        ),
        (
            "default",
            "  - {name: bound}\ndefault",
            "5:12: levels[1].name: `bound` is taken by levels[0]; each may stand once",
        ),
        (
            "name: bound",
            "name: sealed",
            "4:12: levels[0].name: `sealed` always has keys: own, topic: shared, workers: shared, store: shared, "
            "and region: any; call it "
            "otherwise",
        ),
        (
            "name: bound",
            "name: shared",
            "4:12: levels[0].name: `shared` always has keys: shared, topic: shared, workers: shared, store: shared, "
            "and region: any; call it "
            "otherwise",
        ),
        (
            "name: bound",
            "name: dedicated",
            "4:12: levels[0].name: `dedicated` always has keys: own, topic: shared, workers: own, store: shared, "
            "and region: any; call it "
            "otherwise",
        ),
        (
            "topic: own",
            "topic: own, workers: own",
            "4:26: levels[0].topic: all workers of the shared pool read topics that are bound to tenants; leave out "
            "this, or workers",
        ),
        (
            "topic: own",
            "topic: own, workers: shard(2)",
            "4:26: levels[0].topic: all workers of the shared pool read topics that are bound to tenants; leave out "
            "this, or workers",
        ),
        *(
            (
                "topic: own",
                f"workers: {wrong}",
                f"4:28: levels[0].workers: `{wrong}` is not one of shared, own, and shard(K) with K from 1 to 999, "
                "as in shard(2)",
            )
            for wrong in ("shard(0)", "shard(k)", "shard", "shard(1000)", "Own")
        ),
        ("topic: own", "keys: theirs", "4:25: levels[0].keys: the text `theirs` is not one of shared, own"),
    ],
)
def test_a_mistake_is_named_where_it_stands(old: str, new: str, finding: str) -> None:
    assert finding in findings(changed(old, new, SMALL))


def test_an_id_that_no_tenant_can_have_is_refused() -> None:
    [found] = findings(changed("acme: bound", '"*": bound', SMALL))

    assert "is not a valid name" in found


def test_a_topic_of_ones_own_must_be_bound() -> None:
    policy = read_isolation(SMALL, "isolation.yaml")

    [missing] = not_enforced(policy, SMALL, Given({"alerts.of-globex": "globex"}))

    assert str(missing).startswith("7:9: tenants.acme: no topic is bound to acme;")
    assert not_enforced(policy, SMALL, Given({"alerts.of-acme": "acme"})) == []


def test_a_topic_of_ones_own_is_nobodys_by_default() -> None:
    text = changed("default: shared", "default: bound", SMALL)

    [missing] = not_enforced(read_isolation(text, "isolation.yaml"), text, Given({"alerts.of-acme": "acme"}))

    assert str(missing) == "5:10: default: a topic of its own is given by name; name the tenants that have one"


ALONE: Final = "version: 1\ndefault: shared\ntenants:\n  acme: dedicated\n  globex: dedicated\n"


def enforced(text: str, there: Given) -> list[str]:
    return [str(one) for one in not_enforced(read_isolation(text, "isolation.yaml"), text, there)]


def test_workers_of_ones_own_need_a_pool_for_each() -> None:
    assert enforced(ALONE, Given({}, ["gold", "silver"])) == []
    assert enforced(ALONE, Given({}, ["gold"])) == [
        "5:11: tenants.globex: no pool is left for globex: 2 tenants need one each, there are 1; add one to "
        "ALERT_ROUTER_KAFKA__POOLS"
    ]


def test_who_has_workers_of_its_own_has_no_bound_topic() -> None:
    assert enforced(ALONE, Given({"alerts.of-acme": "acme"}, ["gold", "silver"])) == [
        "4:9: tenants.acme: workers of the shared pool read the topic that is bound to acme; unbind it, or change "
        "its level"
    ]


def test_workers_of_ones_own_are_nobodys_by_default() -> None:
    assert enforced("version: 1\ndefault: dedicated\n", Given({}, ["gold"])) == [
        "2:10: default: workers of its own are given by name; name the tenants that have them"
    ]


FEW: Final = "version: 1\nlevels: [{name: few, workers: shard(2)}]\ndefault: shared\ntenants: {acme: few}\n"


def test_a_shard_has_fewer_partitions_than_there_are() -> None:
    assert enforced(FEW, Given({}, partitions=3)) == []
    assert enforced(FEW, Given({}, partitions=2)) == [
        "4:17: tenants.acme: 2 of 2 partitions are all; use fewer than ALERT_ROUTER_KAFKA__PARTITIONS says"
    ]


def test_everybody_may_have_a_shard() -> None:
    everybody = FEW.replace("default: shared", "default: few")

    assert enforced(everybody, Given({})) == []
    assert enforced(everybody, Given({"alerts.of-globex": "globex"})) == [
        "3:10: default: all workers of the shared pool read the topic that is bound to globex; unbind it, or change "
        "its level"
    ]


def test_who_has_a_shard_has_no_bound_topic() -> None:
    assert enforced(FEW, Given({"alerts.of-acme": "acme"})) == [
        "4:17: tenants.acme: all workers of the shared pool read the topic that is bound to acme; unbind it, or "
        "change its level"
    ]
