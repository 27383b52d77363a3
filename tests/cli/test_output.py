"""Every command that prints a result prints it for programs too, as JSON or YAML, and nothing else on stdout."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import SecretStr
from ruamel.yaml import YAML

from router.config.joined import platform_text
from router.settings import SealingSettings
from tests.adapters.test_sealing import NEW, OLD, text_of
from tests.cli.exports import VERIFIER, write_export
from tests.cli.keyed import keyed
from tests.cli.running import fed
from tests.cli.test_help import COMMANDS
from tests.config.samples import EXAMPLE
from tests.control.access.documents import SMALL as ACCESS

pytestmark = pytest.mark.long

UNTIL_STOPPED: Final = {"gateway", "worker", "projector", "control serve", "seal", "up", "emulator", "demo"}
"""They print while they run."""
READ_KAFKA: Final = {
    "dead-letter list", "dead-letter show", "dead-letter redrive", "recover", "retention report", "slo",
    "isolation plan", "isolation move",
}  # fmt: skip
"""What they print is tested with Kafka: `e2e/test_lost_redis.py`, `e2e/test_operations.py`, `e2e/test_pools.py`, and
`test_dead_letter.py`, `test_retention.py`."""
READ_POSTGRES: Final = {
    "key create", "key list", "key revoke",
    "access apply", "access history", "access print", "access rollback",
    "audit list", "audit export", "audit checkpoint",
    "control migrate", "control adopt", "control discard", "control status",
}  # fmt: skip
"""What they print is tested with PostgreSQL: `test_audit_log.py`, `test_control.py`."""
OF_AN_API: Final = {
    "group show",
    "isolation show",
    "proposal approve", "proposal list", "proposal reject", "proposal show",
}  # fmt: skip
"""What they print is tested with an API: `api/test_looking_commands.py`, `api/test_proposal_commands.py`."""

SHOWN: Final = {
    "tenant", "version", "active", "altered", "refused", "applied_at", "author", "login", "message", "from", "part",
    "digest", "source", "source_ref",
}  # fmt: skip
"""What is printed of a version."""

PERSONAL: Final = f"{EXAMPLE}personal: {{labels: [user]}}\n"

WALK: Final[list[tuple[str, str, set[str]]]] = [
    ("tenant validate", "FILE", {"valid", "files", "findings", "warnings"}),
    ("tenant apply", "FILE", set()),
    ("apply", "FOLDER", {"source", "source_ref", "changes", "tenants"}),
    ("tenant list", "", set()),
    ("tenant show", "acme", SHOWN),
    ("tenant history", "acme", set()),
    ("tenant diff", "acme --from 1 --to 1", {"from", "to", "part", "changes", "diff"}),
    ("tenant usage", "acme", set()),
    ("group list", "acme", set()),
    ("tenant rollback", "acme --to 1 --dry-run", set()),
    ("platform apply", "PLATFORM", set()),
    ("platform show", "acme", SHOWN),
    ("hold", "", {"held", "tenants", "changed"}),
    ("release", "", {"held", "tenants", "changed"}),
    ("tenant suspend", "acme", {"tenant", "suspended", "changed"}),
    ("tenant resume", "acme", {"tenant", "suspended", "changed"}),
    ("tenant upstream", "acme", {"receivers", "route"}),
    ("tenant check", "acme", set()),
    ("tenant send-test", "acme default", {"sent", "problem", "remedy"}),
    (
        "silence add",
        "acme alertname=Disk -c disks",
        {
            "id",
            "matcher_sets",
            "starts_at",
            "ends_at",
            "author",
            "comment",
        },
    ),
    ("silence list", "acme", set()),
    ("silence expire", "acme ID", {"tenant", "id", "state", "changed"}),
    ("explain", "--config FILE --webhook BODY", set()),
    ("token create", "acme --file TOKEN", {"tenant", "id", "file", "created"}),
    ("token create", "acme --file TOKEN", {"tenant", "id", "file", "created"}),
    ("token rotate", "acme", {"tenant", "id", "token", "revoked"}),
    ("token list", "acme", set()),
    ("isolation lint", "ISOLATION", {"valid", "findings"}),
    ("isolation check", "", {"kept", "tenants"}),
    ("isolation rights", "--pool shared --besides globex", {"pool", "tenants", "redis", "kafka"}),
    ("access lint", "ACCESS", {"valid", "findings", "warnings"}),
    ("access show", "ACCESS", {"roles", "bindings", "four_eyes"}),
    (
        "access test",
        "ACCESS tenant.write --issuer company --group ops --amr mfa",
        {"allowed", "reason", "rule", "would_allow", "until"},
    ),
    ("audit key", "audit.example.com/alerts --file AUDIT_KEY", {"file", "verifier_key"}),
    (
        "audit verify",
        "--offline EXPORT --key VERIFIER",
        {"good", "entries", "covered", "checkpoints", "findings"},
    ),
    ("sign", "", {"key", "dry_run", "signed", "unchanged", "left"}),
    ("token revoke", "acme ID", {"tenant", "id", "revoked"}),
    ("secret set", "acme slack", {"tenant", "name", "stored", "notes"}),
    ("secret list", "acme", set()),
    ("secret rotate", "", {"key", "rotated", "unchanged", "failed"}),
    ("sealing rotate", "acme", {"tenant", "epoch"}),
    ("sealing list", "acme", set()),
    ("sealing pin", "acme", set()),
    ("sealing rewrap", "", {"acme"}),
    ("sealing reseal", "acme", {"tenant", "resealed"}),
    ("sealing destroy", "acme --all --yes", {"tenant", "destroyed", "keys", "values"}),
    ("secret delete", "acme slack --force", {"tenant", "name", "deleted"}),
    ("secret key", "", {"key"}),
    ("route test", "--config FILE severity=critical", {"receivers"}),
    ("import", "ORIGINAL --tenant acme", {"advice", "document", "left_out", "compared"}),
    ("monitoring render", "--tenant acme DIR", {"tenant", "files"}),
    ("schema tenant", "", set()),
    ("schema platform", "", set()),
    ("schema access", "", set()),
    ("schema isolation", "", set()),
    ("preview", "--config FILE --webhook BODY", set()),
    ("tenant export", "acme COPY", {"place", "tenant", "files"}),
    (
        "subject erase",
        "acme eve",
        {
            "tenant",
            "subject",
            "digest",
            "begun_at",
            "ended_at",
            "until",
            "steps",
            "alert_groups",
            "hidden",
            "messages",
            "waiting",
            "stuck",
            "deleted",
            "undeleted",
            "known_by",
            "left",
        },
    ),
    ("subject export", "acme eve PERSON", {"place", "tenant", "files"}),
    ("tenant delete", "acme", set()),
    ("tenant erase", "acme", {"tenant", "belongings", "erasure", "deleted", "left"}),
]
"""All of them in an order in which each can do what it does; and the members of what some print."""


def test_no_command_is_left_out() -> None:
    assert {command for command, _, _ in WALK} == set(
        COMMANDS
    ) - UNTIL_STOPPED - READ_KAFKA - READ_POSTGRES - OF_AN_API


@pytest.mark.parametrize("form", ["json", "yaml", "flag"])
async def test_every_command_prints_one_document_for_programs(engine: str, tmp_path: Path, form: str) -> None:
    await walked(form, tmp_path, engine)


async def walked(form: str, tmp_path: Path, engine: str) -> None:
    """Every command was run in turn, and printed what it should in this form."""
    await keyed(engine, SealingSettings(key=SecretStr(text_of(OLD))))
    settings = {
        "REDIS__URL": engine,
        "SECRETS__KEY": text_of(NEW),
        "SIGNING__KEY": text_of(OLD),
        "SEALING__KEY": text_of(OLD),
        "SIGNING__UNSIGNED_STORED": "accept",
        "CONTROL__ISOLATION_FILE": str(tmp_path / "isolation.yaml"),
    }
    places = {"FILE": tmp_path / "acme.yaml", "BODY": tmp_path / "body.json", "TOKEN": tmp_path / "token"}
    places |= {"DIR": tmp_path / "monitoring", "FOLDER": tmp_path / "tenants", "PERSON": tmp_path / "person"}
    places["FOLDER"].mkdir()
    places |= {"COPY": tmp_path / "copy.zip", "ORIGINAL": tmp_path / "alertmanager.yml"}
    places["ORIGINAL"].write_text("route: {receiver: a}\nreceivers: [{name: a}]\nglobal: {resolve_timeout: 5m}")
    places["FILE"].write_text(PERSONAL, encoding="utf-8")
    (places["FOLDER"] / "acme.yaml").write_text(PERSONAL, encoding="utf-8")
    places["PLATFORM"] = tmp_path / "platform.yaml"
    places["PLATFORM"].write_text(platform_text(EXAMPLE), encoding="utf-8")
    places["BODY"].write_text('[{"labels": {"alertname": "Disk"}, "status": "firing"}]', encoding="utf-8")
    places["ACCESS"] = tmp_path / "access.yaml"
    places["ACCESS"].write_text(ACCESS, encoding="utf-8")
    places["ISOLATION"] = tmp_path / "isolation.yaml"
    places["ISOLATION"].write_text("version: 1\ndefault: all\nlevels: [{name: all}]\n", encoding="utf-8")
    places["AUDIT_KEY"] = tmp_path / "audit.key"
    places["EXPORT"] = tmp_path / "export"
    write_export(places["EXPORT"], 5)
    named = {name: str(path) for name, path in places.items()}
    named["VERIFIER"] = VERIFIER

    for command, arguments, members in WALK:
        typed = [named.get(one, one) for one in f"{command} {arguments}".split()]
        done = await fed(b"xoxb-1-secret", *typed, *(["--json"] if form == "flag" else ["-o", form]), **settings)

        assert done.code == (1 if command in {"tenant check", "tenant send-test"} else 0), done
        printed = parsed(done.out, form)
        assert isinstance(printed, dict if members else dict | list), command
        assert not members or set(printed) == members, command
        if command in {"token create", "silence add"}:
            named["ID"] = printed["id"]


def parsed(text: str, form: str) -> Any:
    return YAML(typ="safe").load(text) if form == "yaml" else json.loads(text)


async def test_a_table_is_what_is_printed_without_being_asked(engine: str) -> None:
    plain = await fed(b"", "tenant", "suspend", "acme", REDIS__URL=engine)
    table = await fed(b"", "tenant", "resume", "acme", "-o", "table", REDIS__URL=engine)

    assert plain.out == "tenant acme is suspended; to resume: alert-router tenant resume acme\n"
    assert table.out == "tenant acme is resumed\n"


async def test_a_new_token_is_in_the_document_or_in_the_file_never_in_both(engine: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    shown = await fed(b"", "token", "create", "acme", "--json", REDIS__URL=engine)
    kept = await fed(b"", "token", "create", "acme", "--file", str(file), "--json", REDIS__URL=engine)
    again = await fed(b"", "token", "create", "acme", "--file", str(file), "--json", REDIS__URL=engine)

    assert (shown.err, kept.err, again.err) == ("", "", "")
    assert json.loads(shown.out)["token"].startswith("ar_")
    assert file.read_text(encoding="utf-8").strip() not in kept.out + again.out
    assert [json.loads(one.out)["created"] for one in (shown, kept, again)] == [True, True, False]
    assert json.loads(again.out)["id"] == json.loads(kept.out)["id"]


@pytest.mark.parametrize("command", COMMANDS)
async def test_every_command_answers_a_short_h_and_complains_plainly(command: str) -> None:
    helped = await fed(b"", *command.split(), "-h")
    refused = await fed(b"", *command.split(), "--nonsense")

    assert (helped.code, helped.err) == (0, "")
    assert helped.out.strip().startswith(f"Usage: alert-router {command}")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("error: ")
    assert "╭" not in refused.err
