"""The policies of deploy/aws-kms allow what the adapter asks KMS for, with the context that it sends, and no more."""

import json
from typing import Any, Final

import pytest

from router.adapters.aws_kms.client import Operation
from router.core.seal.envelope import KeyId, KeyPurpose
from tests.adapters.builders import ACME
from tests.deploy.reading import TOP
from tests.fakes.aws_kms import kms

ACTIONS: Final = {
    Operation.ENCRYPT: "kms:Encrypt", Operation.DECRYPT: "kms:Decrypt", Operation.DESCRIBE: "kms:DescribeKey",
}  # fmt: skip
ALLOWED: Final = {
    "gateway": {Operation.DECRYPT},
    "worker": {Operation.DECRYPT, Operation.ENCRYPT},
    "operator": set(Operation),
}
_CONTEXT: Final = "kms:EncryptionContext:"


def statements(role: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        (TOP / f"deploy/aws-kms/alert-router-{role}.json").read_text(encoding="utf-8")
    )["Statement"]
    return found


@pytest.mark.parametrize("role", ALLOWED)
def test_a_role_may_do_with_one_key_what_it_does_and_nothing_else(role: str) -> None:
    actions = [action for one in statements(role) for action in one["Action"]]

    assert sorted(actions) == sorted(ACTIONS[one] for one in ALLOWED[role])
    assert {(one["Effect"], one["Resource"]) for one in statements(role)} == {
        ("Allow", "arn:aws:kms:REGION:ACCOUNT:key/KEY")
    }


@pytest.mark.parametrize("role", ALLOWED)
async def test_whoever_wraps_or_unwraps_must_send_the_context_that_is_sent(role: str) -> None:
    async with kms() as fake:
        await fake.service().wrap(ACME, KeyId(KeyPurpose.PAYLOAD, 1), bytes(32))
    [(_, asked)] = fake.asked

    wanted = {f"{_CONTEXT}{name}": "false" for name in asked["EncryptionContext"]}
    bound = [one for one in statements(role) if one["Action"] != [ACTIONS[Operation.DESCRIBE]]]
    assert [one["Condition"] for one in bound] == [{"Null": wanted}]
