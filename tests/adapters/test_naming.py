"""Names of alerts can be read by whoever has the tenant's key, and by nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.adapters.crypto.naming import TenantNames
from router.core.model.alert import AlertId
from router.core.seal.names import MARK, NameOf, is_name

NAMES, OTHERS = TenantNames(b"a" * 32), TenantNames(b"b" * 32)
IDS = st.text(min_size=1).map(AlertId)


@given(IDS, IDS)
def test_an_alert_has_one_name_and_a_name_one_alert(one: AlertId, other: AlertId) -> None:
    assert NAMES.alert_of(NAMES.of_alert(one)) == one
    assert TenantNames(b"a" * 32).of_alert(one) == NAMES.of_alert(one)
    assert (NAMES.of_alert(one) == NAMES.of_alert(other)) is (one == other)


@given(IDS)
def test_a_name_shows_nothing_and_stands_where_ids_do(one: AlertId) -> None:
    name = NAMES.of_alert(one)

    assert is_name(name)
    assert not set(name) & set(": \n")
    assert not is_name(f"~{one}-0011223344556677")
    assert name != OTHERS.of_alert(one)


@pytest.mark.parametrize("text", ["", MARK, f"{MARK}AAAA", f"{MARK}é", OTHERS.of_alert(AlertId("a-1"))])
def test_what_is_not_a_name_of_the_tenant_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        NAMES.alert_of(text)


def test_a_name_of_one_kind_is_none_of_another() -> None:
    assert len({NAMES.of_key(kind, "0123456789ab") for kind in NameOf}) == len(NameOf)
