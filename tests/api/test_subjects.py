"""People over HTTP: whoever may finds and exports what is stored of one, which is audited without naming anybody."""

from dataclasses import replace
from typing import Any

import pytest

from router.adapters.redis.groups import GroupStore
from router.adapters.redis.subjects import SubjectRepository
from router.api import subjects
from router.api.subjects import MAX_VALUE
from router.core.model.alert import AlertId, TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, Instant
from router.ports.subjects import ErasedSubject
from tests.adapters.builders import ACME, a_content, an_alert_state, store, waiting, write
from tests.api.serving import OPERATOR, Answered, Asking
from tests.bounds import tries
from tests.config.samples import SMALL

EVE = "eve@example.com"
PERSONAL = f"{SMALL}personal: {{labels: [user]}}\n"
PATH = "/tenants/acme/subjects"
ERASURES = "/tenants/acme/erasures"
WHO = "tenant_admin@acme"


async def stored(api: Asking, *names: str, user: str, tenant: TenantId = ACME) -> None:
    content = {name: a_content(alertname=name, user=user) for name in names}
    groups = [
        replace(waiting(name), alerts={AlertId("a"): an_alert_state(content=one)}) for name, one in content.items()
    ]
    await store(GroupStore(api.redis), [write(AlertGroup(one.key), one, tenant=tenant) for one in groups])


@pytest.fixture
async def desk(api: Asking) -> Asking:
    """Two tenants that declare who is personal, and what is stored of Eve and of Bob."""
    for tenant in ("acme", "globex"):
        await api.apply(OPERATOR, tenant, PERSONAL.replace("acme", tenant))
        await api.in_force()
        await stored(api, "A", "B", "C", user=EVE, tenant=TenantId(tenant))
        await stored(api, "D", user="bob", tenant=TenantId(tenant))
    return api


async def plan(api: Asking, value: str = EVE, who: str = WHO) -> Answered:
    return await api.ask(who, "POST", f"{PATH}/plan", {"value": value})


async def exported(api: Asking, query: str = "", value: str = EVE) -> list[Any]:
    """All pages; each is of the same form, and none may be kept by what is between."""
    answer = await api.ask(WHO, "POST", f"{PATH}/export{query}", {"value": value}, Idempotency_Key="again")
    assert (answer.status, answer.headers["Cache-Control"], answer.json["unreadable"]) == (200, "no-store", 0)
    more = answer.json.get("next")
    return [answer.json["items"], *(await exported(api, f"?limit=2&cursor={more}", value) if more else [])]


async def actions(api: Asking) -> list[tuple[str, str, str]]:
    entries = (await api.ask("auditor@all", "GET", "/audit")).json["items"]
    assert EVE not in repr(entries)
    found = [(one["action"], one["actor"]["subject"], one["outcome"]) for one in entries]
    return [one for one in found if one[0].startswith("subject.") or one[2] == "denied"]


async def test_what_is_stored_of_a_person_is_exported_a_page_at_a_time_with_an_entry_for_each(desk: Asking) -> None:
    pages = await exported(desk, "?limit=2", f" {EVE.upper()} ")

    assert [len(one) for one in pages] == [2, 1]
    assert {one["labels"]["alertname"] for page in pages for one in page} == {"A", "B", "C"}
    assert [one["labels"]["user"] for one in pages[0][0]["alerts"]] == [EVE]
    assert await actions(desk) == [("subject.export", WHO, "done")] * 2


async def test_a_large_page_ends_early_and_the_next_goes_on(desk: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("router.control.subject_requests._CHARACTERS", 1)
    monkeypatch.setattr("router.control.subject_requests._EXAMINED", 2)
    pages = await exported(desk)
    assert sorted(one["labels"]["alertname"] for page in pages for one in page) == ["A", "B", "C"]
    assert max(len(one) for one in pages) == 1


async def test_a_plan_counts_and_its_digest_is_of_what_it_shows(desk: Asking) -> None:
    first, again, others = await plan(desk), await plan(desk), await plan(desk, "bob")

    found = {name: first.json[name] for name in ("erasure", "alert_groups", "messages", "known_by")}
    assert found == {"erasure": None, "alert_groups": 3, "messages": 0, "known_by": 0}
    assert first.json["plan"] == again.json["plan"] != others.json["plan"]
    await stored(desk, "E", user=EVE)
    assert (await plan(desk)).json["plan"] != first.json["plan"]
    assert (await desk.ask(WHO, "GET", ERASURES)).json["items"] == []
    assert await actions(desk) == [("subject.plan", WHO, "done")] * 4


@pytest.mark.parametrize("who", ["editor@acme", "auditor@all", "responder@acme"])
async def test_whoever_may_not_neither_looks_nor_exports_and_that_is_noted(desk: Asking, who: str) -> None:
    assert (await plan(desk, who=who)).problem == "not-allowed"
    assert (await desk.ask(who, "POST", f"{PATH}/export", {"value": EVE})).problem == "not-allowed"
    assert await actions(desk) == [("access.denied", who, "denied")] * 2


async def test_a_tenant_reaches_no_person_and_no_erasure_of_another(desk: Asking) -> None:
    await an_erasure(desk, "00000001", TenantId("globex"))
    for method, path in (("POST", "subjects/plan"), ("POST", "subjects/export"), ("GET", "erasures/00000001")):
        answer = await desk.ask(WHO, method, f"/tenants/globex/{path}", {"value": EVE} if method == "POST" else None)
        assert (answer.status, answer.problem) == (404, "unknown-tenant")
    assert (await desk.ask(WHO, "GET", f"{ERASURES}/00000001")).problem == "unknown-erasure"


async def an_erasure(api: Asking, id_: str, tenant: TenantId = ACME, value: bytes = b"digest") -> None:
    lists, now = SubjectRepository(api.redis), await api.redis.now()
    await lists.begin(tenant, b"key")
    await lists.keep(tenant, ErasedSubject(id_, value, Instant(now + HOUR), now))


async def test_erasures_are_listed_and_each_is_looked_up_without_naming_anybody(desk: Asking) -> None:
    for number in range(3):
        await an_erasure(desk, f"0000000{number}", value=bytes([number]))
    await stored(desk, "F", user="erased-00000001")

    first = (await desk.ask("auditor@acme", "GET", f"{ERASURES}?limit=2")).json
    rest = (await desk.ask("auditor@acme", "GET", f"{ERASURES}?cursor={first['next']}")).json
    one = (await desk.ask("auditor@acme", "GET", f"{ERASURES}/00000001")).json

    assert [row["erasure"] for row in (*first["items"], *rest["items"])] == ["00000000", "00000001", "00000002"]
    assert (one["mark"], one["digest"], one["ended_at"]) == ("erased-00000001", "01", None)
    assert one["steps"] == {
        "list": "done", "alert_groups": "done", "messages": "done", "group_keys": "done", "certify": "open"
    }  # fmt: skip


async def test_a_tenant_that_declares_nothing_or_has_its_own_keys_is_refused_with_the_way_out(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    await api.in_force()
    nothing = await plan(api)
    own = PERSONAL.replace("acme", "globex").replace("platform: {", "platform: {keys: own, ")
    await api.apply(OPERATOR, "globex", own)
    await api.in_force()
    sealed = await api.ask(OPERATOR, "POST", "/tenants/globex/subjects/export", {"value": EVE})

    assert (nothing.status, nothing.problem) == (409, "not-possible")
    assert "personal" in nothing.text
    assert (sealed.status, sealed.problem) == (409, "not-possible")
    assert "where workers' keys are" in sealed.text


async def test_who_has_too_much_to_look_through_is_shown_the_command(
    desk: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subjects, "PATIENCE_S", 0)
    answer = await plan(desk)
    assert (answer.status, answer.problem) == (503, "unavailable")
    assert "without --server" in answer.text


@tries("what names a person, for the control API")
async def test_what_names_a_person_has_so_many_characters(desk: Asking, beyond: int) -> None:
    answer = await plan(desk, "e" * (MAX_VALUE + beyond))
    assert answer.status == (400 if beyond > 0 else 200)
    assert "eee" not in answer.text
    assert [(await plan(desk, value)).status for value in ("", "  ")] == [400, 400]
