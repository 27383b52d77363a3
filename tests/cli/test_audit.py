"""`audit verify --offline` names what is wrong with an export and exits with 1; `audit key` makes what signs."""

import json
import stat
from pathlib import Path

from tests.cli.exports import VERIFIER, write_export
from tests.cli.running import fed


async def test_an_export_as_it_was_written_is_good(tmp_path: Path) -> None:
    write_export(tmp_path / "export", 12)
    done = await fed(b"", "audit", "verify", "--offline", str(tmp_path / "export"), "--key", VERIFIER)

    assert (done.code, done.out) == (0, "nothing is wrong: 12 entries, 12 of them covered by 1 checkpoints\n")


async def test_a_log_that_was_written_again_is_named_by_a_checkpoint_that_was_kept(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text(write_export(tmp_path / "before", 8), encoding="utf-8")
    write_export(tmp_path / "export", 12, reason="never")
    options = ["--offline", str(tmp_path / "export"), "--checkpoint", str(tmp_path / "kept"), "--json"]
    done = await fed(b"", "audit", "verify", *options, AUDIT__VERIFIERS=VERIFIER)
    finding = json.loads(done.out)["findings"][0]

    assert done.code == 1
    assert (finding["fault"], finding["first"], finding["last"]) == ("rewritten", 0, 7)


async def test_whoever_trusts_no_key_or_a_wrong_one_is_refused(tmp_path: Path) -> None:
    write_export(tmp_path / "export", 2)
    without = await fed(b"", "audit", "verify", "--offline", str(tmp_path / "export"))
    wrong = await fed(b"", "audit", "verify", "--offline", str(tmp_path / "export"), "--key", f"{VERIFIER}A")

    assert (without.code, wrong.code) == (2, 2)
    assert "no key verifies checkpoints" in without.err
    assert "is not the key of a verifier" in wrong.err


async def test_a_folder_without_an_export_is_named(tmp_path: Path) -> None:
    done = await fed(b"", "audit", "verify", "--offline", str(tmp_path), "--key", VERIFIER)

    assert done.code == 1
    assert "entries.jsonl: No such file" in done.err


async def test_a_new_key_goes_to_a_file_for_its_owner_and_never_over_another(tmp_path: Path) -> None:
    file = tmp_path / "audit.key"
    made = await fed(b"", "audit", "key", "audit.example.com/alerts", "--file", str(file))
    again = await fed(b"", "audit", "key", "audit.example.com/alerts", "--file", str(file))
    unnamed = await fed(b"", "audit", "key", "a b", "--file", str(tmp_path / "other"))

    assert made.out.startswith("audit.example.com/alerts+")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8").startswith("PRIVATE+KEY+audit.example.com/alerts+")
    assert (again.code, unnamed.code) == (1, 2)
    assert "is there already" in again.err
    assert "PRIVATE" not in made.out + made.err
