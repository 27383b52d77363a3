"""A policy is read with every mistake where it stands, and compared with what is enforced."""

from typing import Final

import pytest

from router.control.isolation.dimensions import NOT_BUILT, Topic
from router.control.isolation.reading import level_of, not_enforced, read_isolation
from router.core.model.alert import TenantId
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

    topics = {tenant: level_of(policy, TenantId(tenant)).topic for tenant in ("acme", "globex")}
    assert topics == {"acme": Topic.OWN, "globex": Topic.SHARED}


@pytest.mark.parametrize("dimension", sorted(NOT_BUILT))
def test_what_is_not_built_is_refused_by_name_with_the_remedy(dimension: str) -> None:
    [found] = findings(changed("topic: own", f"{dimension}: own", SMALL))

    assert found == f"5:19: levels[1].{dimension}: {NOT_BUILT[dimension]}"


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("topic: own", "data: own", "5:25: levels[1].data: the text `own` is not one of shared"),
        ("topic: own", "budget: shared", "5:27: levels[1].budget: the text `shared` is not one of own"),
        ("acme: bound", "acme: bond", "8:9: tenants.acme: `bond` is not among the levels, did you mean `bound`?"),
        ("default: shared", "default: own", "6:10: default: `own` is not among the levels; there are shared, bound"),
        ("name: bound", "name: shared", "5:12: levels[1].name: `shared` is taken by levels[0]; each may stand once"),
    ],
)
def test_a_mistake_is_named_where_it_stands(old: str, new: str, finding: str) -> None:
    assert finding in findings(changed(old, new, SMALL))


def test_an_id_that_no_tenant_can_have_is_refused() -> None:
    [found] = findings(changed("acme: bound", '"*": bound', SMALL))

    assert "is not a valid name" in found


def test_a_topic_of_ones_own_must_be_bound() -> None:
    policy = read_isolation(SMALL, "isolation.yaml")

    [missing] = not_enforced(policy, SMALL, {"alerts.of-globex": "globex"})

    assert str(missing).startswith("8:9: tenants.acme: no topic is bound to acme;")
    assert not_enforced(policy, SMALL, {"alerts.of-acme": "acme"}) == []


def test_a_topic_of_ones_own_is_nobodys_by_default() -> None:
    text = changed("default: shared", "default: bound", SMALL)

    [missing] = not_enforced(read_isolation(text, "isolation.yaml"), text, {"alerts.of-acme": "acme"})

    assert str(missing) == "6:10: default: a topic of its own is given by name; name the tenants that have one"
