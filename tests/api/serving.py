"""The control API as the composition root joins it, over the real record and Redis, asked by people and keys."""

import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid4

import aiohttp
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from router.adapters.crypto.ring import fresh_key
from router.adapters.postgres.api_keys import RecordedKeys
from router.adapters.redis.connection import Connection
from router.api.control import PREFIX
from router.app.clocks import steady_clock
from router.app.control_api import Api, open_api
from router.app.recorded import attempts, open_projector
from router.control.access.permissions import Permission
from router.control.access.principal import PrincipalKind
from router.control.access.roles import BUILT_IN
from router.control.access.table import AccessTable, Binding, Handle, Issuer, Who
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.model.token import token_digest, token_id
from router.http.server import HttpServer, bind
from router.observe.metrics import Metrics
from router.ports.identity import NewKey
from router.settings import AuditSettings, ControlSettings, KafkaSettings, PostgresSettings, SecretsSettings, Settings
from tests.issuer import AUDIENCE
from tests.issuer import Issuer as Signing
from tests.record_at import RecordAt

TENANTS: Final = ("acme", "globex")
NO_KAFKA: Final = KafkaSettings()
PLAIN: Final = ControlSettings()
_DOTS: Final = 2
"""Of a token in its compact form."""
_YEAR_3000: Final = Instant(32_503_680_000 * 1_000_000)


def table(issuer: str, bound: Mapping[str, tuple[str, frozenset[str] | None]]) -> AccessTable:
    """Subjects of an issuer, each with a role for tenants (None: all)."""
    bindings = {}
    for subject, (role, tenants) in bound.items():
        who = Who(issuer, subject)
        bindings[Handle.of(who)] = (Binding(subject, who, BUILT_IN[role], tenants),)
    known = Issuer(issuer, AUDIENCE, PrincipalKind.USER, frozenset({"RS256"}))
    return AccessTable(MappingProxyType(bindings), issuers={issuer: known})


def everybody() -> dict[str, tuple[str, frozenset[str] | None]]:
    """For each built-in role somebody of acme, of globex and of all tenants, and one who is bound to nothing."""
    found: dict[str, tuple[str, frozenset[str] | None]] = {}
    for role in BUILT_IN:
        found |= {f"{role}@{tenant}": (role, frozenset({tenant})) for tenant in TENANTS}
        found[f"{role}@all"] = (role, None)
    return found | {f"{who}#{one}": held for who, held in found.items() for one in range(PERSONS)}


PERSONS: Final = 4
"""Others with the same role: one alone may not ask as much as all routes take."""


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str
    json: Any

    @property
    def problem(self) -> str:
        """The name of the problem that it is."""
        assert self.json["status"] == self.status
        return str(self.json["type"]).rpartition(":")[2]


@dataclass(frozen=True)
class Asking:
    """Asks the API, as somebody."""

    url: str
    issuer: Signing
    session: aiohttp.ClientSession
    api: Api
    at: RecordAt
    redis: Connection

    async def in_force(self) -> None:
        """Bring what is recorded to Redis."""
        settings = Settings(postgres=PostgresSettings(projector_url=SecretStr(self.at.url("ar_projector"))))
        async with open_projector(settings, self.redis, steady_clock) as one:
            await one.projector.round()

    async def ask(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        """Ask as a subject of the issuer, by a key (`ark_...`), or by another's token; `_` is `-` in headers."""
        is_shown = who.startswith("ark_") or who.count(".") == _DOTS
        shown = who if is_shown else self.issuer.token(int(time.time()), sub=who)
        sent = {"Authorization": f"Bearer {shown}"} if who else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items() if value}
        form = (
            {"data": BytesIO(body.encode())} if isinstance(body, str) else {"json": body} if body is not None else {}
        )
        async with self.session.request(method, f"{self.url}{PREFIX}{path}", headers=sent, **form) as answer:
            text = await answer.text()
            is_json = "json" in answer.content_type
            found = json.loads(text) if is_json and text else None
            return Answered(answer.status, answer.headers, text, found)

    async def apply(self, who: str, tenant: str, text: str, **headers: str) -> Answered:
        """Apply a configuration where there must be none yet."""
        headers = {"If_None_Match": "*", "Content_Type": "application/yaml"} | headers
        return await self.ask(who, "PUT", f"/tenants/{tenant}/configuration", text, **headers)

    async def key(self, role: str, tenant: str | None = None, *networks: str, ends: Instant = _YEAR_3000) -> str:
        """A new API key."""
        text = f"ark_{uuid4().hex}"
        whose = None if tenant is None else TenantId(tenant)
        await RecordedKeys(self.api.record, attempts()).add(
            NewKey(
                id=token_id(text), tenant=whose, name="", role=role, networks=networks, maker="ana",
                maker_issuer=self.issuer.url, expires_at=ends, digest=token_digest(text),
            )
        )  # fmt: skip
        return text


@asynccontextmanager
async def asking(
    at: RecordAt,
    redis: Connection,
    issuer: Signing,
    *four_eyes: Permission,
    kafka: KafkaSettings = NO_KAFKA,
    metrics: Metrics | None = None,
    control: ControlSettings = PLAIN,
    of_cell: Mapping[str, Any] = MappingProxyType({}),
) -> AsyncIterator[Asking]:
    """The API on a free port; what takes a second person is named, and the cell by its settings."""
    who = replace(table(issuer.url, everybody()), four_eyes=frozenset(four_eyes))
    async with asking_by(at, redis, issuer, lambda: who, kafka, metrics, control, of_cell) as one:
        yield one


@asynccontextmanager
async def asking_by(
    at: RecordAt,
    redis: Connection,
    issuer: Signing,
    access: Callable[[], AccessTable],
    kafka: KafkaSettings = NO_KAFKA,
    metrics: Metrics | None = None,
    control: ControlSettings = PLAIN,
    of_cell: Mapping[str, Any] = MappingProxyType({}),
) -> AsyncIterator[Asking]:
    """The same, for whom this table lets in."""
    settings = Settings(
        postgres=PostgresSettings(url=SecretStr(at.url("ar_api"))),
        audit=AuditSettings(url=SecretStr(at.url("ar_auditor"))),
        secrets=SecretsSettings(key=SecretStr(fresh_key())),
        kafka=kafka,
        control=control,
        **of_cell,
    )
    async with open_api(settings, redis, access, metrics or Metrics(CollectorRegistry())) as api:
        server = HttpServer(api.app, bind("127.0.0.1", 0, "PORT"))
        await server.start()
        async with aiohttp.ClientSession() as session:
            yield Asking(server.url, issuer, session, api, at, redis)
        await server.stop()


OPERATOR: Final = "operator@all"
