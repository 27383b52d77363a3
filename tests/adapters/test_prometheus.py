"""A Prometheus is asked within bounds, and whatever stands in its place costs nothing but the answer."""

import asyncio
import gzip
import itertools
import resource
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web

from router.adapters.prometheus.asking import MAX_AT_ONCE, MAX_GET
from router.adapters.prometheus.client import MAX_RULES_BYTES, MAX_VALUES_BYTES, PrometheusClient
from router.adapters.prometheus.listed import MAX_REMEMBERED_BYTES, Asker, Listed
from router.adapters.prometheus.reading import MAX_LABEL, MAX_LABELS, MAX_NUMBER, MAX_SERIES
from router.adapters.prometheus.trust import MAX_CA_BYTES
from router.core.context.chart import Line
from router.core.model.instant import MINUTE, SECOND, Instant, Span
from router.core.model.rules.context import OnlyHeader, PrometheusAccess
from router.errors import UnavailableError
from tests.bounds import tries

TIMES: Final = (Instant(100 * SECOND), Instant(160 * SECOND), Instant(220 * SECOND))
TOKEN: Final = "s3cret-token"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    """A client with a clock of its own, and the requests that came."""

    access: PrometheusAccess
    now: float = 0.0
    requests: list[web.Request] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    client: PrometheusClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = PrometheusClient(lambda: self.now)

    async def values(self, query: str = "up") -> list[Line]:
        return list(await self.client.values(self.access, TOKEN, query, TIMES))

    async def expressions(self, name: str = "A", token: str = TOKEN) -> frozenset[str]:
        return await self.client.expressions(self.access, token, name)


@asynccontextmanager
async def answering(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[Asked]:
    """A client, and a server behind /p that answers every request in this way."""
    app = web.Application()

    async def noted(request: web.Request) -> web.StreamResponse:
        asked.requests.append(request)
        asked.forms.append({str(key): str(value) for key, value in (await request.post()).items()})
        return await handler(request)

    app.router.add_route("*", "/{rest:.*}", noted)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    scheme, port = "https" if tls else "http", runner.addresses[0][1]
    asked = Asked(PrometheusAccess(f"{scheme}://localhost:{port}/p", timeout=Span(SECOND)))
    try:
        yield asked
    finally:
        await asked.client.close()
        await runner.cleanup()


def saying(body: Any, **more: Any) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json", **more)

    return handler


def matrix(*series: tuple[dict[str, str], list[tuple[float, str]]]) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        result = [{"metric": metric, "values": values} for metric, values in series]
        return web.json_response({"status": "success", "data": {"resultType": "matrix", "result": result}})

    return handler


def rules(*named: tuple[str, str], filtered: bool = False) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        asked = request.query.get("rule_name[]")
        listed = [
            {"name": name, "query": query, "type": "alerting", "alerts": []}
            for name, query in named
            if not filtered or name == asked
        ]
        groups = [{"rules": [*listed, {"name": "r", "query": "x", "type": "recording"}]}]
        return web.json_response({"status": "success", "data": {"groups": groups}})

    return handler


async def test_values_are_asked_for_at_the_times_and_with_no_more_than_is_needed() -> None:
    async with answering(matrix(({"job": "a"}, [(100, "1"), (160, "2.5"), (220, "3")]))) as asked:
        assert await asked.values('up{a="b"} + 1 & 2') == [Line({"job": "a"}, (1.0, 2.5, 3.0))]

        [request] = asked.requests
    assert (request.method, request.path) == ("GET", "/p/api/v1/query_range")
    assert dict(request.query) == {
        "query": 'up{a="b"} + 1 & 2',
        "start": "100.000",
        "end": "220.000",
        "step": "60.000",
        "timeout": "1000ms",
    }
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.headers["Accept-Encoding"] == "identity"
    assert "Cookie" not in request.headers


async def test_rules_are_asked_for_by_their_name() -> None:
    async with answering(rules(("A", "up == 0"), ("A", "up < 1"))) as asked:
        assert await asked.expressions() == {"up == 0", "up < 1"}
        [request] = asked.requests

    assert (request.method, request.path) == ("GET", "/p/api/v1/rules")
    assert dict(request.query) == {"type": "alert", "exclude_alerts": "true", "rule_name[]": "A"}


async def test_a_header_says_whose_values_are_meant() -> None:
    async with answering(matrix()) as asked:
        asked.access = replace(asked.access, only=OnlyHeader("X-Scope-OrgID", "acme"))
        await asked.values()
    assert asked.requests[0].headers["X-Scope-OrgID"] == "acme"


@tries("question to Prometheus by GET")
async def test_a_longer_question_goes_by_post(beyond: int) -> None:
    async with answering(matrix()) as asked:
        await asked.values("")
        rest = len(asked.requests[0].query_string)
        query = "a" * (MAX_GET + beyond - rest)
        await asked.values(query)

        request, form = asked.requests[1], asked.forms[1]
    assert request.method == ("POST" if beyond > 0 else "GET")
    assert (form if beyond > 0 else request.query)["query"] == query


async def test_what_is_not_finite_or_of_another_time_is_no_value() -> None:
    samples = [(100.0, "NaN"), (160.0, "+Inf"), (220.0, "7"), (400.0, "8"), (1e300, "9"), (-5.0, "9")]
    async with answering(matrix(({}, samples), ({}, [(160.0004, "1e400"), (220, "x")]))) as asked:
        assert await asked.values() == [Line({}, (None, None, 7.0)), Line({}, (None, None, None))]


async def test_a_time_that_is_no_number_is_none_of_the_times() -> None:
    series = b'{"metric":{},"values":[[NaN,"1"],[1e999,"2"]]}'
    body = b'{"status":"success","data":{"resultType":"matrix","result":[' + series + b"]}}"
    async with answering(saying(body)) as asked:
        assert await asked.values() == [Line({}, (None, None, None))]


@tries("values of Prometheus", "list of rules of Prometheus")
async def test_a_larger_answer_is_not_read(beyond: int) -> None:
    for ask, most in ((Asked.values, MAX_VALUES_BYTES), (Asked.expressions, MAX_RULES_BYTES)):
        data = b'{"groups":[]}' if ask is Asked.expressions else b'{"resultType":"matrix","result":[]}'
        body = (b'{"status":"success","data":' + data + b"}").ljust(most + beyond)
        async with answering(saying(body)) as asked:
            asked.access = replace(asked.access, timeout=MINUTE)
            if beyond > 0:
                with pytest.raises(UnavailableError, match="larger"):
                    await ask(asked)
            else:
                assert not await ask(asked)


@tries("series of Prometheus")
async def test_so_many_series_are_taken(beyond: int) -> None:
    async with answering(matrix(*[({}, [])] * (MAX_SERIES + beyond))) as asked:
        assert len(await asked.values()) == min(MAX_SERIES, MAX_SERIES + beyond)


@tries("labels of a series")
async def test_so_many_labels_are_taken(beyond: int) -> None:
    labels = {f"l{number:03}": "x" for number in range(MAX_LABELS + beyond)}
    async with answering(matrix((labels, []))) as asked:
        [line] = await asked.values()
    assert list(line.labels) == sorted(labels)[:MAX_LABELS]


@tries("name or value of a series' label")
async def test_a_longer_label_is_left_out(beyond: int) -> None:
    long = "x" * (MAX_LABEL + beyond)
    async with answering(matrix(({"a": long, long: "b", "c": "d"}, []))) as asked:
        [line] = await asked.values()
    assert len(line.labels) == (1 if beyond > 0 else 3)


@tries("value of Prometheus")
async def test_a_longer_value_is_none(beyond: int) -> None:
    async with answering(matrix(({}, [(100, "1.".ljust(MAX_NUMBER + beyond, "0"))]))) as asked:
        [line] = await asked.values()
    assert line.values[0] == (None if beyond > 0 else 1.0)


@tries("questions to one Prometheus at once")
async def test_so_many_questions_are_asked_at_once(beyond: int) -> None:
    here, most = 0, 0
    full = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal here, most
        here += 1
        most = max(most, here)
        if here == min(MAX_AT_ONCE, MAX_AT_ONCE + beyond):
            full.set()
        await full.wait()
        here -= 1
        return await matrix()(request)

    async with answering(handler) as asked:
        await asyncio.gather(*(asked.values() for _ in range(MAX_AT_ONCE + beyond)))
    assert most == min(MAX_AT_ONCE, MAX_AT_ONCE + beyond)


async def test_whoever_waits_for_a_slow_one_has_an_answer_in_the_end() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.1)
        return await matrix()(request)

    async with answering(handler) as asked:
        asked.access = replace(asked.access, timeout=Span(SECOND))
        await asyncio.gather(*(asked.values() for _ in range(12 * MAX_AT_ONCE)))
    assert len(asked.requests) == 12 * MAX_AT_ONCE


async def test_whoever_waits_for_one_that_never_answers_does_so_within_the_time_of_each() -> None:
    async def handler(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with answering(handler) as asked, asyncio.timeout(5):
        asked.access = replace(asked.access, timeout=Span(SECOND // 10))
        found = await asyncio.gather(*(asked.values() for _ in range(2 * MAX_AT_ONCE)), return_exceptions=True)
    assert {type(one) for one in found} == {UnavailableError}


async def _html(_request: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>please sign in</html>", content_type="text/html")


async def _elsewhere(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPTemporaryRedirect("/p/elsewhere")


async def _bomb(_request: web.Request) -> web.StreamResponse:
    body = gzip.compress(bytes(100_000_000))
    return web.Response(body=body, content_type="application/json", headers={"Content-Encoding": "gzip"})


async def _endless(request: web.Request) -> web.StreamResponse:
    """1 GB, if somebody reads so much."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    part = b" " * (1 << 20)
    for _ in range(1024):
        await response.write(part)
    return response


async def _slow(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for count in itertools.count():
        await response.write(b" " if count else b"{")
        await asyncio.sleep(0.01)
    return response


async def _many_series(request: web.Request) -> web.StreamResponse:
    """A million series."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"status":"success","data":{"resultType":"matrix","result":[')
    for _ in range(1_000):
        await response.write(b'{"metric":{"a":"b"},"values":[[1,"1"]]},' * 1_000)
    return response


_NOT_OF_THE_API: Final = {
    "nothing": b"",
    "no JSON": b"nonsense",
    "no text": b"\xff\xfe",
    "a list": b"[]",
    "null": b"null",
    "deep": b"[" * 900_000,
    "many lists": b"[" + b"[]," * 300_000 + b"[]]",
    "an error": b'{"status":"error","errorType":"bad_data","error":"' + TOKEN.encode() + b'"}',
    "no data": b'{"status":"success"}',
    "a vector": b'{"status":"success","data":{"resultType":"vector","result":[],"groups":[1]}}',
    "wrong rules": b'{"status":"success","data":{"groups":[' + b"{}," * 300_000 + b"{}]}}",
    "numbers": b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,2]]}],'
    b'"groups":[{"rules":[{"name":1,"query":2}]}]}}',
    "a long number": b'{"status":"success","data":' + b"9" * 900_000 + b"}",
}
_HOSTILE: Final[dict[str, Handler]] = {
    "html": _html,
    "a redirect": _elsewhere,
    "a bomb": _bomb,
    "1 GB": _endless,
    "slow bytes": _slow,
    "a million series": _many_series,
    "a refusal": saying(b'{"status":"error"}', status=422),
    **{name: saying(body) for name, body in _NOT_OF_THE_API.items()},
}


@pytest.mark.parametrize("name", _HOSTILE)
async def test_whatever_it_answers_costs_an_answer_and_a_bounded_time(name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with answering(_HOSTILE[name]) as asked, asyncio.timeout(10):
        for ask in (asked.values, asked.expressions):
            with pytest.raises(UnavailableError) as raised:
                await ask()
            assert len(str(raised.value)) < 100
            assert TOKEN not in str(raised.value)
        assert len(asked.requests) == 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024


async def test_nobody_listens() -> None:
    client = PrometheusClient()
    with pytest.raises(UnavailableError, match="ClientConnectorError"):
        await client.values(PrometheusAccess("http://127.0.0.1:1"), "", "up", TIMES)
    await client.close()


async def test_a_token_that_no_header_takes_is_not_shown() -> None:
    async with answering(matrix()) as asked:
        with pytest.raises(UnavailableError) as raised:
            await asked.client.values(asked.access, f"{TOKEN}\r\nHost: x", "up", TIMES)
    assert TOKEN not in f"{raised.value} {raised.value.__cause__}"
    assert TOKEN not in repr(Asker(asked.access, TOKEN))


async def test_no_cookie_and_no_proxy_comes_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async with answering(saying(b"{}", headers={"Set-Cookie": "a=b"})) as asked:
        for _ in range(2):
            with pytest.raises(UnavailableError):
                await asked.values()
    assert all("Cookie" not in request.headers for request in asked.requests)
    assert len(asked.requests) == 2


async def test_rules_are_remembered_for_a_minute() -> None:
    async with answering(rules(("A", "up == 0"), filtered=True)) as asked:
        for _ in range(3):
            assert await asked.expressions() == {"up == 0"}
        assert await asked.expressions("Other") == frozenset()
        assert len(asked.requests) == 2
        asked.now = 60.0
        await asked.expressions()
        assert len(asked.requests) == 3


async def test_a_list_of_all_rules_answers_for_each_name() -> None:
    async with answering(rules(("A", "up == 0"), ("B", "up == 1"))) as asked:
        assert await asked.expressions("A") == {"up == 0"}
        assert await asked.expressions("B") == {"up == 1"}
        assert await asked.expressions("Other") == frozenset()
    assert len(asked.requests) == 1


async def test_what_one_token_is_answered_another_is_not() -> None:
    async with answering(rules(("A", "up == 0"))) as asked:
        await asked.expressions()
        await asked.expressions(token="another")
    assert len(asked.requests) == 2


@tries("rules of Prometheus that are remembered")
def test_rules_are_remembered_up_to_a_size(beyond: int) -> None:
    listed, name = Listed(), "A"
    first, second = (Asker(PrometheusAccess(f"http://{host}"), "") for host in "ab")
    half = MAX_REMEMBERED_BYTES // 2

    def filled(size: int) -> dict[str, frozenset[str]]:
        empty = 500 + 500 + len(b"A") + 49 + 49
        return {name: frozenset({"x" * (size - empty)})}

    listed.add(first, name, filled(half), 0)
    listed.add(second, name, filled(half + beyond), 0)
    assert (listed.find(first, name, 0) is None) == (beyond > 0)
    assert listed.find(second, name, 0) is not None


def signed(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate of localhost that has signed itself."""
    key, certificate = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key,
         "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context, certificate


async def test_a_certificate_is_verified_by_the_systems_or_by_the_file_of_the_access(tmp_path: Path) -> None:
    tls, certificate = signed(tmp_path)
    async with answering(matrix(), tls) as asked:
        with pytest.raises(UnavailableError, match="Certificate"):
            await asked.values()
        own = replace(asked.access, ca=str(certificate))
        assert await asked.client.values(own, TOKEN, "up", TIMES) == []


@pytest.mark.parametrize("text", [None, "", "\n", "nonsense", "-----BEGIN CERTIFICATE-----\nnonsense"])
async def test_a_file_without_certificates_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    async with answering(matrix()) as asked:
        asked.access = replace(asked.access, ca=str(path))
        with pytest.raises(UnavailableError, match=r"ca\.pem cannot be read"):
            await asked.values()


@tries("file of certificates for Prometheus")
async def test_a_larger_file_of_certificates_is_not_read(tmp_path: Path, beyond: int) -> None:
    _, certificate = signed(tmp_path)
    path = tmp_path / "ca.pem"
    path.write_text(certificate.read_text(encoding="utf-8").ljust(MAX_CA_BYTES + beyond, "\n"), encoding="utf-8")
    async with answering(matrix()) as asked:
        asked.access = replace(asked.access, ca=str(path), timeout=MINUTE)
        if beyond > 0:
            with pytest.raises(UnavailableError, match="cannot be read"):
                await asked.values()
        else:
            assert await asked.values() == []


async def test_a_device_is_no_file_of_certificates() -> None:
    async with answering(matrix()) as asked:
        asked.access = replace(asked.access, ca="/dev/zero")
        with pytest.raises(UnavailableError, match="cannot be read"):
            await asked.values()
