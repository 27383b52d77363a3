"""Silences over HTTP: added in the name of whoever asks, listed, ended, and audited."""

from typing import Any, Final

import pytest

from tests.api.serving import OPERATOR, Asking
from tests.config.samples import SMALL

PATH: Final = "/tenants/acme/silences"
WANTED: Final = {"matcher_sets": [['alertname="DiskFull"', "a=b"], ["c=d"]], "comment": "new disks", "duration": "2h"}


@pytest.fixture
async def acme(api: Asking) -> Asking:
    for tenant in ("acme", "globex"):
        await api.apply(OPERATOR, tenant, SMALL.replace("acme", tenant))
    await api.in_force()
    return api


async def _listed(api: Asking, query: str = "") -> list[tuple[str, str]]:
    found = (await api.ask("viewer@acme", "GET", PATH + query)).json["items"]
    return [(one["id"], one["state"]) for one in found]


async def test_a_silence_is_added_by_whoever_asks_listed_and_ended(acme: Asking) -> None:
    made = await acme.ask("responder@acme", "POST", PATH, WANTED)
    before = await _listed(acme)
    ended = await acme.ask("responder@acme", "DELETE", f"{PATH}/{made.json['id']}")

    assert (made.status, made.json["author"], made.json["comment"]) == (201, "responder@acme", "new disks")
    assert made.json["matcher_sets"] == [['a="b"', 'alertname="DiskFull"'], ['c="d"']]
    assert before == [(made.json["id"], "active")]
    assert (ended.status, await _listed(acme)) == (204, [])
    assert await _listed(acme, "?expired=true") == [(made.json["id"], "expired")]


async def test_one_that_is_over_or_anothers_is_not_there_to_be_ended(acme: Asking) -> None:
    made = await acme.ask("tenant_admin@globex", "POST", "/tenants/globex/silences", WANTED)
    own = await acme.ask("responder@acme", "POST", PATH, WANTED)
    answers = [
        await acme.ask("responder@acme", "DELETE", f"{PATH}/{one}")
        for one in (made.json["id"], own.json["id"], own.json["id"])
    ]
    assert [one.status for one in answers] == [404, 204, 404]
    assert answers[0].text == answers[2].text
    assert len((await acme.ask("viewer@globex", "GET", "/tenants/globex/silences")).json["items"]) == 1


async def test_each_change_is_in_the_audit_log_with_who_made_it(acme: Asking) -> None:
    made = (await acme.ask("responder@acme", "POST", PATH, WANTED)).json["id"]
    await acme.ask("editor@acme", "DELETE", f"{PATH}/{made}")
    await acme.ask("responder@acme", "POST", PATH, {**WANTED, "matcher_sets": [["a=~.*"]]})
    entries = (await acme.ask("auditor@acme", "GET", "/tenants/acme/audit?limit=2")).json["items"]
    assert [(one["action"], one["actor"]["subject"], one["resource"]) for one in entries] == [
        ("silence.expire", "editor@acme", f"silence/{made}"), ("silence.add", "responder@acme", f"silence/{made}")
    ]  # fmt: skip


REFUSED: Final[tuple[tuple[dict[str, Any], int], ...]] = (
    ({"matcher_sets": []}, 400),
    ({"matcher_sets": [["=~"]]}, 422),
    ({"matcher_sets": [["a=~.*"]]}, 422),
    ({"comment": " "}, 422),
    ({"duration": "soon"}, 422),
    ({"duration": "0"}, 422),
    ({"ends_at": "2999-01-01T00:00:00Z"}, 422),
    ({"ends_at": "2001-01-01T00:00:00Z", "duration": ""}, 422),
    ({"starts_at": "tomorrow"}, 422),
    ({"author": "somebody else"}, 400),
    ({"replaces": "another"}, 409),
)


async def test_what_is_no_silence_is_refused(acme: Asking) -> None:
    for change, status in REFUSED:
        answer = await acme.ask("responder@acme", "POST", PATH, WANTED | change)
        assert (change, answer.status) == (change, status)
    assert await _listed(acme) == []
