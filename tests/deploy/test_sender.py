"""Go's own HPKE opens what we seal, and seals what we open. `make test-sender` builds that."""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

from router.adapters.crypto.hpke import _classic, public_keys, recipient, seal_to
from router.core.model.alert import TenantId
from router.core.seal.offered import write_offer
from router.core.seal.sent import Suite, info, read_sent
from tests.adapters.builders import ACME, BETA

TOP: Final = Path(__file__).parents[2]
BUILT: Final = TOP / ".sender/sender"
SECRET: Final = bytes(range(32))
EPOCH: Final = 1_795_856_400_000_000
KEYS: Final = public_keys(ACME, EPOCH, SECRET)
BODY: Final = b'{"alerts": [{"labels": {"alertname": "DiskFull"}}]}'

suites = pytest.mark.parametrize("suite", Suite)


@pytest.fixture(autouse=True)
def sender() -> None:
    """Skip without the program, or fail where that variable is set."""
    if BUILT.exists():
        return
    missing = f"{BUILT} was not built: `make test-sender` builds it where Go 1.26 is"
    if "CI_REQUIRES_SENDER" in os.environ:
        pytest.fail(missing)
    pytest.skip(missing)


def run(data: bytes, *options: str, tenant: TenantId = ACME) -> subprocess.CompletedProcess[bytes]:
    command = [str(BUILT), "-tenant", tenant, *options]
    return subprocess.run(command, input=data, capture_output=True, timeout=30, check=False)


def private(suite: Suite) -> str:
    """The private key as HPKE writes it: of X25519 its scalar, of the hybrid the seed."""
    return (SECRET if suite is Suite.HYBRID else _classic(SECRET).private_bytes_raw()).hex()


@suites
def test_go_opens_what_we_seal(suite: Suite) -> None:
    assert run(seal_to(KEYS, suite, BODY), "-open", private(suite)).stdout == BODY


@suites
def test_go_opens_it_for_no_other_tenant(suite: Suite) -> None:
    done = run(seal_to(KEYS, suite, BODY), "-open", private(suite), tenant=BETA)

    assert (done.returncode, done.stdout) == (1, b"")


@suites
def test_we_open_what_go_seals_to_the_keys_that_a_gateway_gives_out(suite: Suite, tmp_path: Path) -> None:
    offer = tmp_path / "key.json"
    offer.write_bytes(write_offer(KEYS))
    done = run(BODY, "-offer", str(offer), "-suite", suite.label)
    sent = read_sent(done.stdout)

    assert (sent.suite, sent.key.epoch) == (suite, EPOCH)
    assert recipient(SECRET).open(sent, info(ACME, EPOCH, suite)) == BODY
