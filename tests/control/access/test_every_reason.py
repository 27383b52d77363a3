"""Every decision of a counted table against the rules in words: none of the reasons is left out by chance."""

from collections import Counter
from dataclasses import replace
from itertools import product
from typing import Final

from router.control.access.deciding import Reason, approve, decide
from router.control.access.permissions import INSTALLATION_WIDE, Permission
from router.control.access.principal import Principal, address_of
from router.control.access.roles import BUILT_IN
from router.control.access.table import Binding
from router.core.model.instant import Instant
from tests.control.access.samples import MFA, NETWORKS, NOW, group, key, table_of, user

FOUR_EYES: Final = frozenset({Permission.PLATFORM_WRITE})
BINDINGS: Final = [
    replace(group(role, *tenants, name="crew"), until=until, networks=networks, mfa=mfa)
    for role, tenants, until, networks, mfa in product(
        ("viewer", "operator"),
        (("acme",), ("globex",), ()),
        (None, NOW, Instant(NOW + 1)),
        ((), NETWORKS),
        (None, MFA),
    )
]
PRINCIPALS: Final = [
    user(*groups, subject="ben", address=address_of(address), amr=frozenset(amr))
    for groups, address, amr in product(((), ("crew",)), ("10.1.2.3", "192.0.2.1", ""), ((), ("mfa",)))
]
ASKED: Final = list(
    product(
        (Permission.TENANT_READ, Permission.PLATFORM_WRITE, Permission.ACCESS_WRITE), ("acme", None, "no tenant!")
    )
)
LEAST: Final = 10
"""Decisions with a reason, for it to count as reached."""


def in_words(binding: Binding, asking: Principal, permission: Permission, tenant: str | None) -> Reason:
    """What a binding alone comes to, as docs/access.md has it; written without what is tested."""
    of_one = tenant is not None and permission not in INSTALLATION_WIDE
    here = binding.tenants is None or (of_one and tenant in binding.tenants)
    address = asking.address
    rules = [
        (Reason.NOT_A_TENANT, tenant is None or tenant == "acme"),
        (Reason.NO_BINDING, "crew" in asking.groups),
        (Reason.OTHER_TENANT, here),
        (Reason.NOT_IN_ROLE, permission in BUILT_IN[binding.role.name].permissions),
        (Reason.EXPIRED, binding.until is None or binding.until > NOW),
        (Reason.OTHER_NETWORK, not binding.networks or str(address).startswith("10.")),
        (Reason.MFA_MISSING, binding.mfa is None or "mfa" in asking.amr),
    ]
    return next((reason for reason, holds in rules if not holds), Reason.ALLOWED)


def test_a_decision_follows_the_rules_in_words_and_each_reason_is_reached() -> None:
    reached = Counter[Reason]()
    for binding, asking, (permission, tenant) in product(BINDINGS, PRINCIPALS, ASKED):
        expected = in_words(binding, asking, permission, tenant)
        if expected is Reason.ALLOWED and permission in FOUR_EYES:
            expected = Reason.NEEDS_APPROVAL
        decision = decide(table_of(binding, four_eyes=FOUR_EYES), asking, permission, tenant, NOW)
        assert (decision.reason, decision.allowed) == (expected, expected is Reason.ALLOWED)
        reached[decision.reason] += 1
    never = {Reason.OWN_PROPOSAL, Reason.NOT_A_PERSON}
    assert {reason for reason in Reason if reached[reason] < LEAST} == never


def test_nobody_approves_what_they_may_not_do_and_each_reason_is_reached() -> None:
    ana, bot = user("crew", subject="ana"), replace(key("operator"), maker=user(subject="ana").identity)
    reached = Counter[Reason]()
    for binding, asking, (permission, tenant) in product(BINDINGS, PRINCIPALS, ASKED):
        table = table_of(binding, four_eyes=FOUR_EYES)
        for author in (asking, ana):
            expected = in_words(binding, asking, permission, tenant)
            if expected is Reason.ALLOWED and author is asking:
                expected = Reason.OWN_PROPOSAL
            decision = approve(table, asking, author.identities, permission, tenant, NOW)
            assert (decision.reason, decision.allowed) == (expected, expected is Reason.ALLOWED)
            reached[decision.reason] += 1
        reached[approve(table, bot, ana.identities, permission, tenant, NOW).reason] += 1
    never = {Reason.NEEDS_APPROVAL}
    assert {reason for reason in Reason if reached[reason] < LEAST} == never
