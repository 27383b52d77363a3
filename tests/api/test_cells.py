"""The control API of one cell: it changes tenants of every cell, and answers what is live of its own alone."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from pydantic import SecretStr

from router.adapters.redis.connection import Connection
from router.app.clocks import steady_clock
from router.app.recorded import open_projector
from router.settings import CellSettings, PostgresSettings, Settings
from tests.api.serving import OPERATOR, Asking, asking
from tests.config.samples import changed
from tests.issuer import Issuer as Signing
from tests.record_at import RecordAt

CONTROL: Final = "https://control.us-1.example.com"
CELLS: Final[dict[str, Any]] = {
    "cell": "eu-1",
    "cells": {
        "eu-1": CellSettings(url="https://eu-1.example.com"),
        "us-1": CellSettings(url="https://us-1.example.com", control_url=CONTROL),
    },
}
_GROUP: Final = "0" * 32


def of_cell(tenant: str, cell: str) -> str:
    return changed("platform: {", f"platform: {{cell: {cell}, ").replace("acme", tenant)


@pytest.fixture
async def api_of_a_cell(record: RecordAt, redis: Connection, issuer: Signing) -> AsyncIterator[Asking]:
    async with asking(record, redis, issuer, of_cell=CELLS) as one:
        await one.apply(OPERATOR, "acme", of_cell("acme", "us-1"))
        await one.apply(OPERATOR, "globex", of_cell("globex", "eu-1"))
        yield one


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "groups", None),
        ("GET", f"groups/{_GROUP}", None),
        ("GET", "usage", None),
        ("GET", "silences", None),
        ("POST", "silences", {"matcher_sets": [["a=b"]], "comment": "c"}),
    ],
)
async def test_what_is_live_of_another_cells_tenant_is_answered_there(
    api_of_a_cell: Asking, method: str, path: str, body: Any
) -> None:
    answer = await api_of_a_cell.ask(OPERATOR, method, f"/tenants/acme/{path}", body)

    assert (answer.status, answer.problem, answer.json["url"]) == (421, "wrong-cell", CONTROL)
    assert answer.json["detail"] == f"the tenant is served by cell 'us-1'; ask {CONTROL}"


async def test_what_is_live_of_its_own_tenants_is_answered_here(api_of_a_cell: Asking) -> None:
    login = SecretStr(api_of_a_cell.at.url("ar_projector"))
    settings = Settings(postgres=PostgresSettings(projector_url=login), **CELLS)
    async with open_projector(settings, api_of_a_cell.redis, steady_clock) as one:
        await one.projector.round()

    for path in ("groups", "usage", "silences"):
        assert (await api_of_a_cell.ask(OPERATOR, "GET", f"/tenants/globex/{path}")).status == 200


async def test_who_may_not_read_a_tenant_does_not_learn_where_it_is(api_of_a_cell: Asking) -> None:
    answer = await api_of_a_cell.ask("viewer@globex", "GET", "/tenants/acme/groups")

    assert (answer.status, "url" in answer.json) == (404, False)


async def test_tenants_of_every_cell_are_changed_here(api_of_a_cell: Asking) -> None:
    changed_ = of_cell("acme", "us-1") + "locale: de-DE\n"
    answer = await api_of_a_cell.ask(
        OPERATOR, "PUT", "/tenants/acme/configuration", changed_, If_Match='"1"', Content_Type="application/yaml"
    )
    token = await api_of_a_cell.ask(OPERATOR, "POST", "/tenants/acme/tokens")

    assert (answer.status, token.status) == (200, 201)


async def test_a_tenant_moves_where_what_it_has_open_is_seen(api_of_a_cell: Asking) -> None:
    async def put(tenant: str, cell: str) -> tuple[int, str]:
        answer = await api_of_a_cell.ask(
            OPERATOR, "PUT", f"/tenants/{tenant}/configuration", of_cell(tenant, cell), If_Match='"1"',
            Content_Type="application/yaml",
        )  # fmt: skip
        return answer.status, "" if answer.status == 200 else answer.json["detail"]

    status, why = await put("acme", "eu-1")
    assert (status, "seen from there alone" in why) == (409, True)
    assert await put("globex", "us-1") == (200, "")


async def test_a_cell_that_is_not_there_is_refused(api_of_a_cell: Asking) -> None:
    answer = await api_of_a_cell.apply(OPERATOR, "initech", of_cell("initech", "mars-1"))

    assert (answer.status, answer.problem) == (422, "invalid-document")
    assert "is not among the cells" in answer.json["errors"][0]["message"]
