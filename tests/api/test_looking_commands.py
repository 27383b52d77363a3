"""Commands that look, and the one that deletes a tenant: they print the same by the API as here."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from router.adapters.redis.groups import GroupStore
from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup
from tests.adapters.builders import a_content, an_alert_state, store, waiting, write
from tests.api.offering import written
from tests.api.serving import OPERATOR, Asking
from tests.api.test_explaining import WEBHOOK
from tests.cli.running import fed, refused
from tests.config.samples import SMALL
from tests.e2e.system import Finished

NAMES = ("A", "B", "C")


@pytest.fixture
async def acme(api: Asking) -> Asking:
    """Two versions in force, and three groups, of each an alert with a customer that is redacted."""
    await api.apply(OPERATOR, "acme", SMALL)
    text = SMALL + "redact: {labels: [customer]}\n"
    await api.apply(OPERATOR, "acme", text, If_None_Match="", If_Match='"1"')
    await api.in_force()
    for name in NAMES:
        content = a_content(alertname=name, customer="K-1234")
        group = replace(waiting(name), alerts={AlertId("a"): an_alert_state(content=content)})
        await store(GroupStore(api.redis), [write(AlertGroup(group.key), group)])
    return api


async def by_both(api: Asking, redis: str, role: str, words: Sequence[str]) -> Finished:
    """What a command prints, by Redis and the record as by the API."""
    record = {"REDIS__URL": redis, "POSTGRES__URL": api.at.url("ar_api")}
    here = await fed(b"", *words, **record)
    there = await fed(b"", *words, SERVER=api.url, TOKEN=await api.key(role, "acme"))
    assert (there.code, there.out, there.err) == (here.code, here.out, here.err)
    return there


async def test_groups_are_listed_found_by_their_labels_and_shown_with_their_alerts(
    acme: Asking, emptied: str
) -> None:
    async def listed(*words: str) -> list[dict[str, Any]]:
        found = await by_both(acme, emptied, "viewer", ["group", "list", "acme", *words, "--json"])
        return json.loads(found.out)  # type: ignore[no-any-return]

    assert {one["group_labels"]["alertname"] for one in await listed()} == set(NAMES)
    assert len(await listed("--limit", "2")) == 2
    [found] = await listed('alertname=~"A|B"', 'alertname!="B"')
    assert found["group_labels"] == {"alertname": "A"}
    table = await by_both(acme, emptied, "viewer", ["group", "list", "acme", "alertname=A"])
    assert table.out.startswith(f"{found['group']}\t#alerts\twaiting\t1\t")

    whole = await by_both(acme, emptied, "viewer", ["group", "show", "acme", found["group"]])
    assert ("firing\t-\t" in whole.out, "alertname=A" in whole.out, "K-1234" in whole.out) == (True, True, False)
    programs = await by_both(acme, emptied, "viewer", ["group", "show", "acme", found["group"], "--json"])
    assert [one["status"] for one in json.loads(programs.out)["alerts"]] == ["firing"]


async def test_what_fits_no_group_is_none(acme: Asking, emptied: str) -> None:
    none = await by_both(acme, emptied, "viewer", ["group", "list", "acme", "alertname=Z"])
    assert (none.out, none.err) == ("", "tenant acme has no open alert group that fits\n")
    viewer = {"SERVER": acme.url, "TOKEN": await acme.key("viewer", "acme")}
    refused(await fed(b"", "group", "show", "acme", "0" * 32, **viewer), 1, "has no alert group")
    refused(await fed(b"", "group", "list", "acme", "a=~(", **viewer), 2, "not a valid RE2 pattern")


async def test_what_a_tenant_uses_is_printed(acme: Asking, emptied: str) -> None:
    found = await by_both(acme, emptied, "viewer", ["tenant", "usage", "acme"])
    assert "tokens\t0\t" in found.out
    programs = await by_both(acme, emptied, "viewer", ["tenant", "usage", "acme", "--json"])
    assert {"name", "used", "limit", "beyond", "raised_by"} == set(json.loads(programs.out)[0])


async def test_versions_are_compared_by_number_or_the_newest_with_the_one_before(acme: Asking, emptied: str) -> None:
    newest = await by_both(acme, emptied, "viewer", ["tenant", "diff", "acme"])
    assert "+redact: {labels: [customer]}\n" in newest.out
    named = await by_both(acme, emptied, "viewer", ["tenant", "diff", "acme", "--from", "1", "--to", "2"])
    assert named.out == newest.out
    back = await by_both(acme, emptied, "viewer", ["tenant", "diff", "acme", "--from", "2", "--to", "1", "--json"])
    assert (json.loads(back.out)["from"], json.loads(back.out)["part"]) == (2, "tenant")
    same = await by_both(acme, emptied, "viewer", ["tenant", "diff", "acme", "--from", "2", "--to", "2"])
    assert same.out == "nothing that these versions mean differs\n"
    viewer = {"SERVER": acme.url, "TOKEN": await acme.key("viewer", "acme")}
    refused(await fed(b"", "tenant", "diff", "acme", "--to", "1", **viewer), 1, "no version before 1", "--from")
    refused(await fed(b"", "tenant", "diff", "acme", "--from", "7", **viewer), 1, "7")


async def test_webhooks_are_previewed_and_explained_as_the_tenant_is_configured(
    acme: Asking, emptied: str, tmp_path: Path
) -> None:
    body = str(written(tmp_path, "body.json", json.dumps(WEBHOOK)))
    calls = await by_both(acme, emptied, "viewer", ["preview", "--tenant", "acme", "--webhook", body, "--json"])
    assert [one["arguments"]["channel"] for one in json.loads(calls.out)] == ["C0123456"]
    page = await by_both(acme, emptied, "viewer", ["preview", "--tenant", "acme", "--webhook", body])
    assert "DiskFull" in page.out
    why = await by_both(acme, emptied, "viewer", ["explain", "--tenant", "acme", "--webhook", body, "--json"])
    assert [one["receiver"] for one in json.loads(why.out)[0]["groups"]] == ["oncall"]
    nobody = await fed(b"", "preview", "--webhook", body, SERVER=acme.url)
    refused(nobody, 2, "--config", "--tenant")


async def test_a_tenant_is_deleted_once_it_was_shown_what_goes(acme: Asking, emptied: str) -> None:
    operator = {"SERVER": acme.url, "TOKEN": await acme.key("operator")}
    shown = await fed(b"", "tenant", "delete", "acme", **operator)
    assert (shown.code, "2 versions of its configuration" in shown.out) == (0, True), shown.err
    assert "3 alert groups, 0 of them with a live message" in shown.out
    assert (await acme.ask(OPERATOR, "GET", "/tenants/acme")).status == 200
    done = await fed(b"", "tenant", "delete", "acme", "--yes", **operator)
    assert (done.code, done.out.splitlines()[-1]) == (0, "tenant acme is deleted")
    assert (await acme.ask(OPERATOR, "GET", "/tenants/acme")).status == 404
    admin = {"SERVER": acme.url, "TOKEN": await acme.key("tenant_admin", "globex")}
    refused(await fed(b"", "tenant", "delete", "acme", **admin), 1, "there is no tenant 'acme' that you may read")
