"""What a folder comes to, tenant by tenant: tables for each decision, and a plan that survives its file."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.control.change import Change
from router.control.gitops.file import dumped, loaded
from router.control.gitops.plan import Known, Plan, PlannedTenant, Source, Step, Wish, moved, planned, removals
from router.control.gitops.sources import of_ci, repository, within
from router.control.ownership import Claim, check_owner, owner, owner_of
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.errors import ConfigurationError, OperationError
from router.ports.control import KeptVersion, Recorded
from router.ports.provenance import Provenance

ACME, GLOBEX = TenantId("acme"), TenantId("globex")
OURS = Source("github.com/acme/alerts", "3f2a91b")
CHANGE = Change(ACME, 1, 2, "1 route", "--- a\n+++ b", 3, "stored", "acme.yaml")


@pytest.mark.parametrize(("before", "after", "step"), [
    (0, 1, Step.CREATE), (1, 2, Step.CHANGE), (7, 7, Step.UNCHANGED),
])  # fmt: skip
def test_a_file_makes_changes_or_keeps_a_tenant(before: int, after: int, step: Step) -> None:
    found = planned(Wish(ACME, "acme.yaml", "text"), replace(CHANGE, before=before, after=after))
    assert (found.step, found.before, found.after, found.text, found.moving) == (step, before, after, "text", 3)


@pytest.mark.parametrize(("source", "known", "wanted", "removed"), [
    (OURS, {"acme": OURS.name}, [], ["acme"]),
    (OURS, {"acme": OURS.name}, ["acme"], []),
    (OURS, {"acme": ""}, [], []),
    (OURS, {"acme": "github.com/acme/other"}, [], []),
    (OURS, {"globex": OURS.name, "acme": OURS.name}, [], ["acme", "globex"]),
    (Source(), {"acme": ""}, [], []),
    (Source("github.com/acme/alerts", ""), {"acme": "github.com/acme/alerts"}, [], []),
])  # fmt: skip
def test_only_what_this_source_has_applied_is_removed(
    source: Source, known: dict[str, str], wanted: list[str], removed: list[str]
) -> None:
    there = {TenantId(name): Known(4, of) for name, of in known.items()}
    found = removals(there, [TenantId(one) for one in wanted], source)
    assert [one.tenant for one in found] == removed
    assert {(one.step, one.before) for one in found} <= {(Step.REMOVE, 4)}


THEN = PlannedTenant(ACME, Step.CHANGE, 1, 2, "acme.yaml", "text", "1 route", "diff", 3)


@pytest.mark.parametrize(("now", "has_moved"), [
    (THEN, False),
    (replace(THEN, moving=9), False),
    (replace(THEN, before=2, after=3), True),
    (replace(THEN, diff="other"), True),
    (replace(THEN, step=Step.UNCHANGED), True),
    (replace(THEN, step=Step.CREATE, before=0), True),
])  # fmt: skip
def test_a_plan_holds_while_it_would_do_the_same(now: PlannedTenant, has_moved: bool) -> None:
    assert moved(THEN, now) is has_moved


HAND, ANOTHER = Provenance(source="acme.yaml"), Provenance(source="github.com/acme/other", source_ref="1")
BY_US = Provenance(source=OURS.name, source_ref=OURS.ref)


def kept(by: Provenance | None) -> KeptVersion:
    return KeptVersion(3, "text", NEVER, active=True, recorded=None if by is None else Recorded(by, "digest"))


@pytest.mark.parametrize(("active", "by", "refused"), [
    (None, BY_US, ""),
    (None, HAND, ""),
    (kept(None), HAND, ""),
    (kept(HAND), Provenance(source="other.yaml"), ""),
    (kept(BY_US), replace(BY_US, source_ref="another commit"), ""),
    (kept(HAND), BY_US, "applied by hand, and this change comes from github.com/acme/alerts"),
    (kept(None), BY_US, "applied by hand"),
    (kept(BY_US), HAND, "applied from github.com/acme/alerts, and this change comes by hand"),
    (kept(ANOTHER), BY_US, "applied from github.com/acme/other"),
])  # fmt: skip
def test_one_source_does_not_change_what_another_applies(
    active: KeptVersion | None, by: Provenance, refused: str
) -> None:
    if not refused:
        check_owner(ACME, active, by)
        return
    with pytest.raises(OperationError, match=refused) as error:
        check_owner(ACME, active, by)
    assert "--take-over" in error.value.remedy


def test_a_source_without_a_commit_is_a_file_of_somebody() -> None:
    assert (owner(HAND), owner(BY_US), owner_of(None)) == ("", OURS.name, "")


@pytest.mark.parametrize(("environment", "source"), [
    ({}, Source()),
    ({"GITHUB_REPOSITORY": "acme/alerts", "GITHUB_SHA": "1"}, Source()),
    ({"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/alerts", "GITHUB_SHA": "1"},
     Source("github.com/acme/alerts", "1")),
    ({"CI_PROJECT_URL": "https://git.example.com/alerts", "CI_COMMIT_SHA": "2"},
     Source("git.example.com/alerts", "2")),
    ({"GIT_URL": "https://bot:secret@git.example.com/alerts.git", "GIT_COMMIT": "3"},
     Source("git.example.com/alerts", "3")),
])  # fmt: skip
def test_ci_names_the_repository_and_the_commit(environment: dict[str, str], source: Source) -> None:
    assert of_ci(environment) == source


@pytest.mark.parametrize(("url", "name"), [
    ("https://github.com/acme/alerts.git", "github.com/acme/alerts"),
    ("https://ana:secret@github.com/acme/alerts", "github.com/acme/alerts"),
    ("git@github.com:acme/alerts.git", "github.com/acme/alerts"),
    ("ssh://git@git.example.com:22/alerts/", "git.example.com:22/alerts"),
    ("../bare.git", "../bare"),
    ("/srv/git/alerts.git", "/srv/git/alerts"),
    ("", ""),
])  # fmt: skip
def test_a_repository_has_one_name_however_it_is_cloned(url: str, name: str) -> None:
    assert repository(url) == name


def test_two_folders_of_a_repository_are_two_sources() -> None:
    assert within(OURS, "tenants/") == Source(f"{OURS.name}/tenants", OURS.ref)
    assert (within(OURS, ""), within(Source(), "tenants")) == (OURS, Source())


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TENANTS = st.builds(
    PlannedTenant, st.just(ACME), st.sampled_from(Step), st.integers(0, 99), st.integers(0, 99), TEXTS, TEXTS, TEXTS,
    TEXTS, st.integers(0, 99),
)  # fmt: skip


@given(st.builds(Plan, TEXTS, st.builds(Source, TEXTS, TEXTS), TEXTS, st.sampled_from(Claim),
                 st.lists(TENANTS, max_size=3).map(tuple)))  # fmt: skip
def test_a_plan_is_read_as_it_was_written(plan: Plan) -> None:
    assert loaded(dumped(plan), "plan.json") == plan


GOOD = json.loads(dumped(Plan("", OURS, "", Claim.KEEP, (THEN,))))


@pytest.mark.parametrize("text", [
    "", "[]", "{", "null", "[" * 100_000, json.dumps({**GOOD, "form": 2}), json.dumps({**GOOD, "more": 1}),
    json.dumps({**GOOD, "tenants": [{**GOOD["tenants"][0], "tenant": "../acme"}]}),
    json.dumps({**GOOD, "tenants": [{**GOOD["tenants"][0], "step": "destroy"}]}),
    json.dumps({**GOOD, "claim": True}),
])  # fmt: skip
def test_what_is_not_a_plan_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"plan\.json: is not a plan"):
        loaded(text, "plan.json")
