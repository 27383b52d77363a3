"""`alert-router seal`: one file for scripts, and what it refuses before it stands beside anybody."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from aiohttp import web
from alert_router_local.process import HOST

from router.adapters.crypto.hpke import public_keys, recipient
from router.core.seal.offered import write_offer
from router.core.seal.pin import pin_of
from router.core.seal.sent import Suite, info, read_sent
from tests.adapters.builders import ACME
from tests.cli.running import refused, run

SECRET: Final = bytes(range(32))
BODY: Final = json.dumps({"alerts": [{"labels": {"alertname": "A"}}, {"labels": {"alertname": "B"}}]}).encode()


@pytest.fixture
async def gateway() -> AsyncIterator[str]:
    """A gateway that offers keys to who has the token."""

    async def offer(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer ar_ours":
            document = {"type": "urn:alert-router:problem:unknown-token", "detail": "this token is not known"}
            return web.json_response(document, status=401)
        return web.Response(body=write_offer(public_keys(ACME, 7, SECRET)))

    app = web.Application()
    app.router.add_get("/v1/tenants/acme/key", offer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    yield f"http://{HOST}:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
def body(tmp_path: Path) -> Path:
    file = tmp_path / "body.json"
    file.write_bytes(BODY)
    return file


@pytest.fixture
def token(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text("ar_ours\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("suite", Suite)
async def test_a_file_is_sealed_with_the_headers_to_send_with_it(
    gateway: str, body: Path, token: Path, tmp_path: Path, suite: Suite
) -> None:
    sealed, headers = tmp_path / "sealed", tmp_path / "headers"
    asked = ["--to", gateway, "--tenant", "acme", "--token-file", str(token), "--suite", suite.label]
    done = await run("seal", str(body), *asked, "--out", str(sealed), "--headers", str(headers))
    sent = read_sent(sealed.read_bytes())

    assert (done.code, done.out) == (0, "")
    assert recipient(SECRET).open(sent, info(ACME, 7, suite)) == BODY
    assert (sent.suite, headers.read_text(encoding="ascii").splitlines()[:2]) == (
        suite,
        ["Content-Type: application/alert-router-sealed", "Alerts: 2"],
    )


async def test_why_nothing_was_sealed_is_named(gateway: str, body: Path, token: Path, tmp_path: Path) -> None:
    asked = ["--to", gateway, "--tenant", "acme"]
    refused(await run("seal", str(body), *asked), 1, "unknown-token", "not known")
    asked += ["--token-file", str(token)]
    refused(await run("seal", str(tmp_path / "none"), *asked), 1, "none cannot be read")
    (tmp_path / "wrong").write_bytes(b"{")
    refused(await run("seal", str(tmp_path / "wrong"), *asked), 1, "not-json")
    refused(await run("seal", str(body), *asked, "--ca-file", str(tmp_path / "none")), 2, "none", "No such file")


async def test_a_file_is_sealed_to_a_pinned_key_alone(gateway: str, body: Path, token: Path, tmp_path: Path) -> None:
    offered = pin_of(public_keys(ACME, 7, SECRET).of(Suite.HYBRID) or b"")
    asked = ["--to", gateway, "--tenant", "acme", "--token-file", str(token), "--out", str(tmp_path / "sealed")]
    wrong = f"sha256:{'0' * 64}"

    refused(await run("seal", str(body), *asked, "--pin", wrong), 1, "key-not-pinned", offered, wrong)
    assert not (tmp_path / "sealed").exists()
    assert (await run("seal", str(body), *asked, "--pin", wrong, "--pin", offered)).code == 0


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("--to http://127.0.0.1:1", "--listen HOST:PORT"),
        ("FILE --listen 127.0.0.1:0 --to http://127.0.0.1:1", "either --listen"),
        ("FILE --to http://127.0.0.1:1", "--tenant"),
        ("FILE --to http://127.0.0.1:1 --tenant Acme", "--tenant"),
        ("FILE --to http://alerts.example.com --tenant acme", "--allow-plain"),
        ("FILE --to https://alerts.example.com/v1 --tenant acme", "without a path"),
        ("FILE --to https://me:secret@example.com --tenant acme", "without a path"),
        ("FILE --to http://127.0.0.1:1 --tenant acme --suite rsa", "mlkem768-x25519"),
        ("FILE --to http://127.0.0.1:1 --tenant acme --pin sha256:00", "--pin"),
        ("--listen 8086 --to http://127.0.0.1:1", "HOST:PORT"),
        ("--listen 0.0.0.0:0 --to http://127.0.0.1:1", "127.0.0.1, or where"),
        ("--listen 127.0.0.1:0 --operations 8087 --to http://127.0.0.1:1", "--operations"),
    ],
)
async def test_what_cannot_be_meant_or_would_cross_a_network_in_clear_is_refused(
    body: Path, typed: str, printed: str
) -> None:
    done = await run("seal", *(str(body) if word == "FILE" else word for word in typed.split()))

    refused(done, 2, printed)
    assert "secret" not in done.err
