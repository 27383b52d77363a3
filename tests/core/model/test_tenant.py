"""Rules that hold on under a later version say by which version groups are routed."""

from tests.core.builders import a_tenant


def test_rules_that_hold_on_route_by_their_own_version() -> None:
    rules = a_tenant()

    held = rules.under(rules.version + 1)

    assert (held.version, held.rules_version) == (rules.version + 1, rules.version)
    assert held.under(9).rules_version == rules.version
    assert held.route is rules.route
