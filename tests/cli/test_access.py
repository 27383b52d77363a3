"""`alert-router access`: a file is linted, shown and asked, with exit codes that pipelines understand."""

import json
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.config.samples import changed
from tests.control.access.documents import SMALL


def written(folder: Path, text: str = SMALL) -> Path:
    path = folder / "access.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path)


async def test_a_valid_document_is_fine(file: Path) -> None:
    done = await run("access", "lint", "--strict", str(file))

    assert (done.code, done.out) == (0, f"{file}: the access document is valid\n")


async def test_a_mistake_is_named_with_its_place_and_code_2(tmp_path: Path) -> None:
    file = written(tmp_path, changed("role: operator", "role: operators", SMALL))

    done = await run("access", "lint", str(file))

    assert done.code == 2
    assert f"{file}:8:29: bindings[0].role: `operators` is not among the roles, did you mean `operator`?" in done.err


async def test_what_is_doubtful_is_a_warning_and_with_strict_an_error(tmp_path: Path) -> None:
    file = written(tmp_path, changed("role: deployer", "role: editor", SMALL))

    warned, refused = await run("access", "lint", str(file)), await run("access", "lint", "--strict", str(file))

    assert (warned.code, refused.code) == (0, 2)
    assert warned.err == f"warning: {file}:6:12: roles[0].name: no binding has this role\n"


async def test_who_may_what_is_printed_in_words(file: Path) -> None:
    done = await run("access", "show", str(file))

    assert "deployer\tconfiguration.write\n" in done.out
    assert "pipeline\tdeployer\ttenant acme\tissuer https://ci.example.com; repository = acme/alerts\n" in done.out


@pytest.mark.parametrize(
    ("asked", "code", "printed"),
    [
        (
            "configuration.write --tenant acme --issuer ci --claim repository=acme/alerts",
            0,
            "allowed: allowed (binding pipeline: role deployer for tenant acme)\n",
        ),
        (
            "configuration.write --tenant globex --issuer ci --claim repository=acme/alerts",
            1,
            "denied: other_tenant (binding pipeline: role deployer for tenant acme)\n"
            "would allow it: configuration.write of role editor for tenant globex\n",
        ),
        (
            "tenant.write --tenant acme --issuer company --group ops",
            1,
            "denied: mfa_missing (binding operators: role operator for all tenants)\n"
            "would allow it: tenant.write of role operator for all tenants\n",
        ),
    ],
)
async def test_a_question_is_answered_as_the_api_would(file: Path, asked: str, code: int, printed: str) -> None:
    done = await run("access", "test", str(file), *asked.split())

    assert (done.code, done.out) == (code, printed)


async def test_programs_read_what_would_allow_it(file: Path) -> None:
    done = await run("access", "test", str(file), "access.read", "--issuer", "ci", "--json")

    assert json.loads(done.out)["would_allow"] == {"permission": "access.read", "role": "auditor", "tenants": None}


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (["configuration.write"], "name one of the issuers: company, ci"),
        (["configuration.rite", "--issuer", "ci"], "is not a permission, did you mean `configuration.write`?"),
        (["tenant.read", "--issuer", "ci", "--claim", "repository"], "'repository' is not a claim; use NAME=VALUE"),
    ],
)
async def test_a_question_that_cannot_be_asked_is_refused(file: Path, asked: list[str], problem: str) -> None:
    done = await run("access", "test", str(file), *asked)

    assert done.code == 2
    assert problem in done.err
