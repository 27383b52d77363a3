"""The table says what the document says."""

import pytest

from router.control.access.deciding import Reason, decide
from router.control.access.permissions import Permission
from router.control.access.principal import Identity, Principal, PrincipalKind, address_of, claims_of
from router.core.model.instant import Instant, parse_rfc3339
from tests.config.samples import changed
from tests.control.access.documents import SMALL, table_of
from tests.control.access.samples import NOW

COMPANY, CI = "https://login.example.com", "https://ci.example.com"
OPERATOR = Principal(Identity(COMPANY, "ana"), PrincipalKind.USER, frozenset({"ops"}), amr=frozenset({"mfa"}))
PIPELINE = Principal(Identity(CI, "run"), PrincipalKind.WORKLOAD, claims=claims_of({"repository": "acme/alerts"}))


def reason(text: str, principal: Principal, permission: Permission, tenant: str | None, now: Instant = NOW) -> Reason:
    return decide(table_of(text), principal, permission, tenant, now).reason


def test_a_binding_is_for_whom_it_names() -> None:
    assert reason(SMALL, OPERATOR, Permission.TENANT_WRITE, "globex") is Reason.ALLOWED
    assert reason(SMALL, PIPELINE, Permission.CONFIGURATION_WRITE, "acme") is Reason.ALLOWED
    assert reason(SMALL, PIPELINE, Permission.CONFIGURATION_WRITE, "globex") is Reason.OTHER_TENANT


def test_an_own_role_holds_what_it_lists_and_no_more() -> None:
    assert reason(SMALL, PIPELINE, Permission.CONFIGURATION_READ, "acme") is Reason.NOT_IN_ROLE


def test_four_eyes_are_for_everybody() -> None:
    assert reason(SMALL, OPERATOR, Permission.PLATFORM_WRITE, "acme") is Reason.NEEDS_APPROVAL


def test_a_second_factor_is_asked_for_as_its_issuer_shows_it() -> None:
    by_password = Principal(Identity(COMPANY, "ana"), PrincipalKind.USER, frozenset({"ops"}), amr=frozenset({"pwd"}))

    assert reason(SMALL, by_password, Permission.TENANT_WRITE, "acme") is Reason.MFA_MISSING


@pytest.mark.parametrize(("address", "expected"), [("10.1.1.1", Reason.ALLOWED), ("8.8.8.8", Reason.OTHER_NETWORK)])
def test_networks_are_read(address: str, expected: Reason) -> None:
    text = changed("mfa: required}", "networks: [10.0.0.0/8]}", SMALL)
    principal = Principal(OPERATOR.identity, PrincipalKind.USER, OPERATOR.groups, address=address_of(address))

    assert reason(text, principal, Permission.TENANT_WRITE, "acme") is expected


@pytest.mark.parametrize("until", ["2027-01-31T18:00:00Z", "1969-01-01T00:00:00Z"])
def test_what_has_ended_counts_no_more(until: str) -> None:
    text = changed("[acme/alerts]}}}", f'[acme/alerts]}}}}, conditions: {{until: "{until}"}}}}', SMALL)
    end = parse_rfc3339(until)

    assert reason(text, PIPELINE, Permission.CONFIGURATION_WRITE, "acme", end) is Reason.EXPIRED


def test_issuers_are_found_by_their_address_in_tokens() -> None:
    issuers = table_of(SMALL).issuers

    assert {url: one.kind for url, one in issuers.items()} == {
        COMPANY: PrincipalKind.USER,
        CI: PrincipalKind.WORKLOAD,
    }
    assert issuers[CI].algorithms == {"RS256", "ES256"}
