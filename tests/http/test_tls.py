"""TLS on real connections: only over it, from files that may change at any time, and bounded like everything else."""

import asyncio
import json
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from alert_router_local.process import HOST
from cryptography import x509
from structlog.testing import capture_logs

from router.errors import ConfigurationError
from router.http.alerts import AlertsRequest, alerts_routes
from router.http.connections import ConnectionLimits, Ended
from router.http.operations import http_app
from router.http.protocol import Deadlines
from router.http.server import HttpServer, ServerOptions, bind
from router.http.tls import ServerTls, TlsFiles
from tests.http.certificates import authority, client_context, server_files
from tests.http.client import connected, request
from tests.waiting import eventually

ALERTS = "/v1/tenants/acme/alerts"


@dataclass
class Site:
    """A server with TLS, and a clock by which it looks at its files."""

    folder: Path
    files: TlsFiles
    now_s: float = 0.0
    ended: Counter[Ended] = field(default_factory=Counter)
    shown: list[frozenset[str]] = field(default_factory=list)

    @asynccontextmanager
    async def serve(self, head_s: float = 10.0) -> AsyncIterator[HttpServer]:
        async def accept(asked: AlertsRequest) -> int:
            self.shown.append(asked.certificate)
            return sum([len(chunk) async for chunk in asked.chunks])

        options = ServerOptions(
            connections=ConnectionLimits(8, 8),
            deadlines=Deadlines(head_s=head_s),
            tls=ServerTls(self.files, lambda: self.now_s),
            ended=lambda reason: self.ended.update([reason]),
        )
        server = HttpServer(http_app(alerts_routes(accept)), bind(HOST, 0, "PORT"), options)
        await server.start()
        try:
            yield server
        finally:
            await server.stop()

    async def asks(self, server: HttpServer, context: ssl.SSLContext | None = None) -> tuple[int, bytes]:
        """The status of an answer, and the certificate that the server shows."""
        context = context or client_context(self.folder)
        reader, writer = await asyncio.open_connection(HOST, server.url.rpartition(":")[2], ssl=context)
        shown = writer.get_extra_info("ssl_object").getpeercert(True)
        writer.write(request("POST", ALERTS, b"four"))
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        return int(answer.split()[1]), shown


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path, server_files(tmp_path))


async def test_alerts_are_taken_over_tls_and_the_address_names_it(site: Site) -> None:
    async with site.serve() as server, aiohttp.ClientSession() as http:
        async with http.post(server.url + ALERTS, data=b"four", ssl=client_context(site.folder)) as answer:
            assert (answer.status, await answer.json()) == (202, {"accepted": 4})

        assert server.url.startswith("https://")


async def test_who_speaks_without_it_gets_nothing_and_is_counted(site: Site) -> None:
    async with site.serve() as server:
        async with connected(server.url) as (reader, writer):
            writer.write(request("POST", ALERTS, b"four"))
            assert b"HTTP" not in await asyncio.wait_for(reader.read(), 5)

        await eventually(lambda: site.ended == {Ended.NO_TLS: 1})
        assert server.connections == 0


def test_versions_before_the_second_last_are_not_spoken(site: Site) -> None:
    assert ServerTls(site.files).context().minimum_version is ssl.TLSVersion.TLSv1_2


async def test_a_handshake_that_does_not_come_is_given_up_and_keeps_nobody_out(site: Site) -> None:
    async with site.serve(head_s=0.2) as server, AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(connected(server.url)) for _ in range(30)]

        assert (await site.asks(server))[0] == 202
        assert site.ended[Ended.GAVE_WAY] >= 20
        for reader, _ in lines:
            assert await asyncio.wait_for(reader.read(), 5) == b""
        await eventually(lambda: server.connections == 0)


async def test_new_files_hold_for_the_next_connection_and_those_that_are_there_go_on(site: Site) -> None:
    async with site.serve() as server:
        context = client_context(site.folder)
        reader, writer = await asyncio.open_connection(HOST, server.url.rpartition(":")[2], ssl=context)
        _, first = await site.asks(server)
        server_files(site.folder)
        _, too_soon = await site.asks(server)
        site.now_s += 1
        with capture_logs() as logged:
            _, second = await site.asks(server)
        writer.write(request("POST", ALERTS, b"four"))
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()

    assert first == too_soon != second
    assert b"202" in answer
    assert [row["event"] for row in logged] == ["tls_read_again"]


@pytest.mark.parametrize("spoilt", ["another key", "no PEM", "gone"])
async def test_new_files_that_cannot_be_used_leave_the_old_ones_until_they_can(site: Site, spoilt: str) -> None:
    async with site.serve() as server:
        _, first = await site.asks(server)
        if spoilt == "another key":
            site.files.key.write_bytes(authority().sign()[1])
        elif spoilt == "no PEM":
            site.files.certificate.write_bytes(b"half a cert")
        else:
            site.files.key.unlink()
        with capture_logs() as logged:
            for _ in range(3):
                site.now_s += 1
                assert await site.asks(server) == (202, first)
        server_files(site.folder)
        site.now_s += 1
        _, second = await site.asks(server)

    [line] = logged
    assert (line["event"], line["log_level"]) == ("tls_not_read_again", "error")
    assert second != first


def test_files_that_cannot_be_used_at_the_start_are_refused_and_their_contents_are_not_shown(tmp_path: Path) -> None:
    files = server_files(tmp_path)
    files.key.write_text("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n", encoding="utf-8")

    with pytest.raises(ConfigurationError, match="do not fit") as caught:
        ServerTls(files)
    assert "c2VjcmV0" not in json.dumps(str(caught.value))
    files.key.unlink()
    with pytest.raises(ConfigurationError, match=r"tls\.key: No such file"):
        ServerTls(files)


def test_it_is_known_until_when_the_certificate_is_good(tmp_path: Path) -> None:
    near, far = [ServerTls(server_files(tmp_path, timedelta(days=days))).expires for days in (1, 3)]

    assert timedelta(days=1.9) < far - near < timedelta(days=2.1)


NAMES = x509.DNSName("AM.acme.example"), x509.UniformResourceIdentifier("spiffe://example.org/Acme")


async def test_the_names_of_a_clients_certificate_come_with_its_requests(site: Site) -> None:
    site.files = server_files(site.folder, client_ca=authority("clients"))
    async with site.serve() as server:
        assert (await site.asks(server, client_context(site.folder, *NAMES)))[0] == 202
        assert (await site.asks(server, client_context(site.folder)))[0] == 202

    assert site.shown == [{"am.acme.example", "spiffe://example.org/Acme"}, frozenset()]


@pytest.mark.parametrize("signed_by", ["ours", "strangers"])
async def test_one_that_the_clients_authority_has_not_signed_is_refused(site: Site, signed_by: str) -> None:
    site.files = server_files(site.folder, client_ca=authority("clients"))
    async with site.serve() as server:
        with pytest.raises((ssl.SSLError, ConnectionError, IndexError)):  # as soon as it is read
            await site.asks(server, client_context(site.folder, *NAMES, by=authority(signed_by)))

        assert site.shown == []
        await eventually(lambda: site.ended == {Ended.NO_TLS: 1})


async def test_without_an_authority_for_clients_nothing_that_they_show_counts(site: Site) -> None:
    async with site.serve() as server:
        assert (await site.asks(server, client_context(site.folder, *NAMES)))[0] == 202

    assert site.shown == [frozenset()]
