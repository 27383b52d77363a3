"""Alertmanager's own program is asked where an alert goes, and what it says instead of an answer is passed on."""

from pathlib import Path

import pytest

from router.adapters.amtool import AmtoolError, receivers_by_amtool


def a_program(folder: Path, script: str) -> str:
    path = folder / "amtool"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_labels_are_given_as_matchers_and_the_last_line_is_the_answer(tmp_path: Path) -> None:
    program = a_program(tmp_path, f"""echo "$@" > {tmp_path}/asked; echo 'level=WARN'; echo team,db""")

    assert receivers_by_amtool(program, tmp_path / "am.yml", {"a": 'x"y', "b": "z"}) == ["team", "db"]
    asked = (tmp_path / "asked").read_text(encoding="utf-8")
    assert asked == f'config routes test --config.file {tmp_path}/am.yml a="x\\"y" b="z"\n'


@pytest.mark.parametrize(
    ("script", "reason"), [("echo 'amtool: error: bad file' >&2; exit 1", "bad file"), ("exit 3", "no answer")]
)
def test_what_it_refuses_is_an_error_with_its_words(tmp_path: Path, script: str, reason: str) -> None:
    with pytest.raises(AmtoolError, match=f"^{reason}$"):
        receivers_by_amtool(a_program(tmp_path, script), tmp_path / "am.yml", {})


def test_a_program_that_cannot_be_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AmtoolError, match="No such file"):
        receivers_by_amtool(str(tmp_path / "nothing"), tmp_path / "am.yml", {})
