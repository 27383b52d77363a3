"""Who may do what, and why not: each reason by an example, and what must hold of all by properties."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.control.access.deciding import Reason, approve, decide, decide_grant
from router.control.access.permissions import INSTALLATION_WIDE, Permission
from router.control.access.principal import Grant, Identity, Principal, address_of
from router.control.access.roles import BUILT_IN
from router.control.access.table import NOBODY, Who
from router.core.model.instant import Instant
from tests.control.access.samples import CI, COMPANY, MFA, NETWORKS, NOW, group, key, table_of, user, workload

EDITORS = table_of(group("editor", "acme"))
WRITE = Permission.CONFIGURATION_WRITE


def test_what_a_role_holds_is_allowed_by_the_binding_that_is_named() -> None:
    decision = decide(EDITORS, user("editor"), WRITE, "acme", NOW)

    assert (decision.allowed, decision.reason) == (True, Reason.ALLOWED)
    assert decision.rule == "binding editor: role editor for tenant acme"


@pytest.mark.parametrize(
    ("permission", "tenant", "groups", "reason", "would_allow"),
    [
        (WRITE, "acme", (), Reason.NO_BINDING, "configuration.write of role editor for tenant acme"),
        (WRITE, "acme", ("Editor",), Reason.NO_BINDING, "configuration.write of role editor for tenant acme"),
        (WRITE, "globex", ("editor",), Reason.OTHER_TENANT, "configuration.write of role editor for tenant globex"),
        (WRITE, None, ("editor",), Reason.OTHER_TENANT, "configuration.write of role editor for all tenants"),
        (
            Permission.SECRET_WRITE,
            "acme",
            ("editor",),
            Reason.NOT_IN_ROLE,
            "secret.write of role tenant_admin for tenant acme",
        ),
        (
            Permission.PLATFORM_WRITE,
            "acme",
            ("editor",),
            Reason.NOT_IN_ROLE,
            "platform.write of role operator for tenant acme",
        ),
        (
            Permission.ACCESS_READ,
            None,
            ("editor",),
            Reason.OTHER_TENANT,
            "access.read of role auditor for all tenants",
        ),
    ],
)
def test_a_denial_says_why_and_what_would_have_allowed_it(
    permission: Permission, tenant: str | None, groups: tuple[str, ...], reason: Reason, would_allow: str
) -> None:
    decision = decide(EDITORS, user(*groups), permission, tenant, NOW)

    assert (decision.allowed, decision.reason, str(decision.would_allow)) == (False, reason, would_allow)


@pytest.mark.parametrize("tenant", ["", "*", "ACME", "acme ", "acme,globex", "acme/..", "a" * 64])
def test_what_is_no_tenant_id_is_nobodys(tenant: str) -> None:
    decision = decide(table_of(group("operator")), user("operator"), Permission.TENANT_READ, tenant, NOW)

    assert (decision.allowed, decision.reason) == (False, Reason.NOT_A_TENANT)


@pytest.mark.parametrize(
    ("condition", "principal", "reason"),
    [
        ({"until": NOW}, user("editor"), Reason.EXPIRED),
        ({"until": Instant(NOW + 1)}, user("editor"), Reason.ALLOWED),
        ({"networks": NETWORKS}, user("editor"), Reason.OTHER_NETWORK),
        ({"networks": NETWORKS}, user("editor", address=address_of("11.0.0.1")), Reason.OTHER_NETWORK),
        ({"networks": NETWORKS}, user("editor", address=address_of("10.1.2.3")), Reason.ALLOWED),
        ({"networks": NETWORKS}, user("editor", address=address_of("::ffff:10.1.2.3")), Reason.ALLOWED),
        ({"networks": NETWORKS}, user("editor", address=address_of("fd00::1")), Reason.ALLOWED),
        ({"mfa": MFA}, user("editor"), Reason.MFA_MISSING),
        ({"mfa": MFA}, user("editor", acr="silver", amr=frozenset({"pwd"})), Reason.MFA_MISSING),
        ({"mfa": MFA}, user("editor", acr="gold"), Reason.ALLOWED),
        ({"mfa": MFA}, user("editor", amr=frozenset({"pwd", "mfa"})), Reason.ALLOWED),
    ],
)
def test_a_binding_counts_while_its_conditions_hold(
    condition: dict[str, Any], principal: Principal, reason: Reason
) -> None:
    table = table_of(replace(group("editor", "acme"), **condition))

    assert decide(table, principal, WRITE, "acme", NOW).reason is reason


def test_another_binding_may_allow_what_one_denies() -> None:
    ended = replace(group("editor", "acme"), until=NOW)
    table = table_of(ended, replace(group("editor", "acme", name="crew"), until=Instant(NOW + 1)))

    assert decide(table, user("editor", "crew"), WRITE, "acme", NOW).allowed


def test_all_that_a_binding_names_must_be_so() -> None:
    claims = {"repository": frozenset({"acme/alerts"}), "ref": frozenset({"main", "release"})}
    binding = replace(group("editor", "acme"), who=Who(CI, claims=claims))
    table = table_of(binding)

    def asked(**held: str) -> bool:
        principal = workload({name: frozenset({text}) for name, text in held.items()})
        return decide(table, principal, WRITE, "acme", NOW).allowed

    assert asked(repository="acme/alerts", ref="release")
    assert not asked(repository="acme/alerts")
    assert not asked(repository="acme/alerts", ref="feature")
    assert not asked(repository="globex/alerts", ref="main")


def test_the_same_name_at_another_issuer_is_somebody_else() -> None:
    bound = replace(group("editor", "acme"), who=Who(COMPANY, subject="ana"))
    stranger = replace(user(), identity=Identity(CI, "ana"))

    assert decide(table_of(bound), user(), WRITE, "acme", NOW).allowed
    assert not decide(table_of(bound), stranger, WRITE, "acme", NOW).allowed


class TestFourEyes:
    TABLE = table_of(group("operator"), group("viewer"), four_eyes=frozenset({Permission.PLATFORM_WRITE}))
    ANA, BEN = user("operator"), user("operator", subject="ben")

    def approved(self, approver: Principal, proposer: Principal) -> Reason:
        return approve(self.TABLE, approver, proposer.identities, Permission.PLATFORM_WRITE, "acme", NOW).reason

    def test_a_change_that_needs_them_may_only_be_proposed(self) -> None:
        decision = decide(self.TABLE, self.ANA, Permission.PLATFORM_WRITE, "acme", NOW)

        assert (decision.allowed, decision.reason) == (False, Reason.NEEDS_APPROVAL)

    def test_a_second_person_approves(self) -> None:
        assert self.approved(self.BEN, self.ANA) is Reason.ALLOWED

    @pytest.mark.parametrize(
        ("approver", "proposer", "reason"),
        [
            (ANA, ANA, Reason.OWN_PROPOSAL),
            (ANA, key("operator", maker=ANA.identity), Reason.OWN_PROPOSAL),
            (key("operator", maker=ANA.identity), ANA, Reason.NOT_A_PERSON),
            (user("viewer", subject="eve"), ANA, Reason.NOT_IN_ROLE),
        ],
    )
    def test_nobody_approves_alone(self, approver: Principal, proposer: Principal, reason: Reason) -> None:
        assert self.approved(approver, proposer) is reason


class TestKeys:
    def test_a_key_may_what_its_grant_says_and_nothing_that_is_bound(self) -> None:
        table = table_of(group("operator", name="ops"))
        held = replace(key("viewer", "acme"), groups=frozenset({"ops"}), identity=Identity(COMPANY, "ana"))

        assert decide(table, held, Permission.TENANT_READ, "acme", NOW).allowed
        assert decide(table, held, WRITE, "acme", NOW).reason is Reason.NOT_IN_ROLE
        assert decide(table, held, Permission.TENANT_READ, "globex", NOW).reason is Reason.OTHER_TENANT

    def test_a_key_of_a_role_that_is_gone_may_nothing(self) -> None:
        assert decide(NOBODY, key("deployer", "acme"), WRITE, "acme", NOW).reason is Reason.NO_BINDING

    def test_a_key_that_has_ended_may_nothing(self) -> None:
        assert decide(NOBODY, key("editor", "acme", until=NOW), WRITE, "acme", NOW).reason is Reason.EXPIRED

    def test_a_key_makes_no_keys(self) -> None:
        operator = key("operator")

        assert decide(NOBODY, operator, Permission.KEY_WRITE, "acme", NOW).reason is Reason.NOT_IN_ROLE
        assert not decide_grant(NOBODY, operator, Grant("viewer", frozenset({"acme"})), NOW).allowed

    @pytest.mark.parametrize(
        ("grant", "allowed"),
        [
            (Grant("viewer", frozenset({"acme"})), True),
            (Grant("tenant_admin", frozenset({"acme"})), True),
            (Grant("operator", frozenset({"acme"})), False),
            (Grant("auditor", frozenset({"acme"})), False),
            (Grant("viewer", frozenset({"acme", "globex"})), False),
            (Grant("viewer", frozenset({"globex"})), False),
            (Grant("viewer", None), False),
            (Grant("viewer", frozenset()), False),
            (Grant("viewer", frozenset({"*"})), False),
            (Grant("unknown", frozenset({"acme"})), False),
        ],
    )
    def test_nobody_makes_a_key_that_may_more_than_they_may(self, grant: Grant, *, allowed: bool) -> None:
        table = table_of(group("tenant_admin", "acme"))

        assert decide_grant(table, user("tenant_admin"), grant, NOW).allowed is allowed

    def test_a_key_may_last_as_long_as_what_allows_it(self) -> None:
        end = Instant(NOW + 7)
        table = table_of(group("viewer", "acme"), replace(group("tenant_admin", "acme"), until=end))

        decision = decide_grant(table, user("tenant_admin", "viewer"), Grant("viewer", frozenset({"acme"})), NOW)

        assert decision.until == end


ROLES = st.sampled_from(sorted(BUILT_IN))
PERMISSIONS = st.sampled_from(Permission)
TENANTS = st.sampled_from(["acme", "globex", "initech"])
BINDINGS = st.lists(st.builds(group, ROLES, TENANTS), max_size=4)


@given(BINDINGS, st.sets(ROLES), PERMISSIONS, TENANTS)
def test_no_binding_for_other_tenants_gives_anything_here(
    bound: list[Any], held: set[str], asked: Permission, here: str
) -> None:
    alone = [one for one in bound if here in one.tenants]

    with_others = decide(table_of(*bound), user(*held), asked, here, NOW).allowed

    assert with_others == decide(table_of(*alone), user(*held), asked, here, NOW).allowed


@given(BINDINGS, st.sets(ROLES), st.sampled_from(sorted(INSTALLATION_WIDE)), TENANTS)
def test_what_concerns_the_installation_is_nobodys_of_single_tenants(
    bound: list[Any], held: set[str], asked: Permission, tenant: str
) -> None:
    for scope in (None, tenant):
        assert not decide(table_of(*bound), user(*held), asked, scope, NOW).allowed


@given(ROLES, PERMISSIONS)
def test_what_would_have_allowed_it_does(role: str, asked: Permission) -> None:
    missing = decide(table_of(group(role, "acme")), user(role), asked, "acme", NOW).would_allow
    if missing is None:
        return

    given_it = table_of(group(missing.role, *(missing.tenants or ())))

    assert decide(given_it, user(missing.role), asked, "acme", NOW).allowed
