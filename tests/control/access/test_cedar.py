"""Cedar, asked with the same document, decides the same: for the whole matrix, and for documents that are drawn."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.control.access.compiling import compile_access
from router.control.access.deciding import decide
from router.control.access.document import AccessDocument
from router.control.access.permissions import Permission
from router.control.access.principal import Identity, Principal, PrincipalKind, address_of
from router.control.access.reading import check_access
from router.control.access.roles import BUILT_IN
from router.core.model.instant import Instant
from tests.control.access import cedar, matrix

NAMES = st.sampled_from(["ops", "Ops", 'o"ps', "o\\ps", "öps", "op s", "ops,dba", "*ops"[1:], "ops; true", "${ops}"])
ISSUERS = st.sampled_from(["one", "two"])
NETWORKS = st.sampled_from(["10.0.0.0/8", "192.0.2.1/32", "fd00::/8", "0.0.0.0/0", "::/0"])
ADDRESSES = st.sampled_from(["", "10.0.0.1", "192.0.2.1", "::ffff:10.0.0.1", "fd00::1", "2001:db8::1"])
TENANTS = st.sampled_from(["acme", "globex", "a"])
MOMENTS = st.integers(0, 3)


def moment_text(second: int) -> str:
    return f"2027-01-01T00:00:0{second}Z"


CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "mfa": st.just("required"),
        "networks": st.lists(NETWORKS, min_size=1, max_size=2),
        "until": MOMENTS.map(moment_text),
    },
)
WHO = st.fixed_dictionaries(
    {"issuer": ISSUERS},
    optional={
        "subject": NAMES,
        "group": NAMES,
        "claims": st.dictionaries(NAMES, st.lists(NAMES, min_size=1, max_size=2), max_size=2),
    },
).filter(lambda who: "subject" in who or "group" in who or bool(who.get("claims")))
ENTRIES = st.fixed_dictionaries(
    {
        "role": st.sampled_from([*BUILT_IN, "own"]),
        "tenants": st.one_of(st.just(["*"]), st.lists(TENANTS, min_size=1, max_size=2, unique=True)),
        "who": WHO,
        "conditions": CONDITIONS,
    }
)
TEXTS = st.frozensets(NAMES, max_size=3)
PRINCIPALS = st.builds(
    Principal,
    st.builds(Identity, st.sampled_from(["https://one.example.com", "https://two.example.com"]), NAMES),
    st.just(PrincipalKind.USER),
    TEXTS,
    st.dictionaries(NAMES, st.frozensets(NAMES, min_size=1, max_size=3), max_size=3),
    st.sampled_from(["", "gold", "bronze"]),
    st.frozensets(st.sampled_from(["pwd", "otp"])),
    ADDRESSES.map(address_of),
)


@st.composite
def documents(draw: st.DrawFn) -> AccessDocument:
    """Documents of any bindings, beside one that keeps them from being refused."""
    operator = {"name": "operators", "role": "operator", "tenants": ["*"], "who": {"issuer": "one", "group": "root"}}
    entries = draw(st.lists(ENTRIES, min_size=1, max_size=4))
    plain: Mapping[str, Any] = {
        "version": 1,
        "issuers": [
            {
                "name": name,
                "url": f"https://{name}.example.com",
                "audience": "a",
                "mfa": {"acr": ["gold"], "amr": ["otp"]},
            }
            for name in ("one", "two")
        ],
        "roles": [{"name": "own", "part_of": "operator", "permissions": ["access.read", "tenant.read"]}],
        "bindings": [operator, *({"name": f"n{n}", **entry} for n, entry in enumerate(entries))],
        "conditions": {"four_eyes": draw(st.lists(st.sampled_from([*map(str, Permission)]), max_size=2))},
    }
    checked = check_access(plain)
    assert isinstance(checked, AccessDocument), checked
    return checked


@given(documents(), PRINCIPALS, st.sampled_from(Permission), st.one_of(st.none(), TENANTS), MOMENTS)
def test_of_any_document_cedar_decides_the_same(
    document: AccessDocument, principal: Principal, permission: Permission, tenant: str | None, second: int
) -> None:
    now = Instant(matrix.NOW + second * 1_000_000)

    decided = decide(compile_access(document), principal, permission, tenant, now).allowed

    assert decided == cedar.allows(cedar.policies(document), principal, permission, tenant, now)


@pytest.mark.long
def test_cedar_decides_the_same() -> None:
    written = {four_eyes: cedar.policies(matrix.document(four_eyes)) for four_eyes in ((), tuple(Permission))}
    differing = [
        (one, decision)
        for one, decision in matrix.answers()
        if cedar.allows(written[one.how.four_eyes], one.principal, one.permission, one.how.tenant, matrix.NOW)
        != decision.allowed
    ]

    assert differing == []
