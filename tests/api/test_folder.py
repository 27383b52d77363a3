"""A folder of configurations, planned and applied by pipelines: exactly as planned, and by one source at a time."""

import json
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.api.offering import BY_API, HERE, written
from tests.api.serving import OPERATOR, Asking
from tests.cli.running import fed, refused
from tests.config.samples import SMALL, changed
from tests.e2e.system import Finished
from tests.waiting import eventually

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("in_force")]

OTHER = changed("matchers: ['a=\"b\"']", "matchers: ['a=\"c\"']")
GLOBEX = SMALL.replace("acme", "globex")
RULES = "".join(line for line in OTHER.splitlines(keepends=True) if not line.startswith("platform"))


@dataclass(frozen=True)
class Pipeline:
    """Runs `alert-router apply` from one source, on a folder of its own."""

    folder: Path
    settings: dict[str, str]
    source: str = "github.com/acme/alerts"

    def write(self, **files: str) -> None:
        self.folder.mkdir(exist_ok=True)
        for old in self.folder.iterdir():
            old.unlink()
        for name, text in files.items():
            written(self.folder, f"{name}.yaml", text)

    async def apply(self, *arguments: str, ref: str = "c1") -> Finished:
        return await self.run(str(self.folder), "--source", self.source, "--source-ref", ref, *arguments)

    async def run(self, *arguments: str) -> Finished:
        return await self.command("apply", *arguments)

    async def command(self, *arguments: str) -> Finished:
        with capture_logs():  # the projector's would stand among what is printed
            return await fed(b"", *arguments, **self.settings)

    async def done(self, *arguments: str, ref: str = "c1") -> dict[str, Any]:
        finished = await self.apply("--json", *arguments, ref=ref)
        assert finished.code == 0, finished.err
        return {one["tenant"]: one for one in json.loads(finished.out)["tenants"]}

    async def history(self, tenant: str) -> list[dict[str, Any]]:
        finished = await self.command("tenant", "history", tenant, "--json")
        assert finished.code == 0, finished.err
        return json.loads(finished.out)  # type: ignore[no-any-return]


@pytest.fixture(params=[HERE, BY_API])
async def pipeline(
    request: pytest.FixtureRequest, api: Asking, emptied: str, in_force: None, tmp_path: Path
) -> Pipeline:
    if request.param == BY_API:
        return Pipeline(tmp_path / "tenants", {"SERVER": api.url, "TOKEN": await api.key("operator")})
    logins = {"POSTGRES__URL": api.at.url("ar_api"), "REDIS__URL": emptied}
    return Pipeline(tmp_path / "tenants", logins)


async def test_a_folder_is_planned_applied_and_kept_with_its_source_and_commit(pipeline: Pipeline) -> None:
    pipeline.write(acme=SMALL, globex=GLOBEX)
    first = await pipeline.apply("-m", "first")
    assert (first.code, first.err) == (0, "")
    assert "plan: 2 create, 0 change, 0 unchanged, 0 remove\n" in first.out
    assert first.out.endswith(
        "tenant acme is there, version 1 is active\ntenant globex is there, version 1 is active\n"
    )

    pipeline.write(acme=OTHER, globex=GLOBEX)
    second = await pipeline.done(ref="c2")
    assert {name: (one["step"], one["outcome"], one["version"]) for name, one in second.items()} == {
        "acme": ("change", "done", 2), "globex": ("unchanged", "unchanged", 1)
    }  # fmt: skip
    assert 'a="c"' in second["acme"]["diff"]
    newest, oldest = await pipeline.history("acme")
    assert [(one["from"], one["source_ref"], one["message"]) for one in (newest, oldest)] == [
        ("github.com/acme/alerts", "c2", ""), ("github.com/acme/alerts", "c1", "first")
    ]  # fmt: skip


async def test_a_plan_is_written_and_then_applied_exactly(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline.write(acme=SMALL)
    plan = tmp_path / "plan.json"
    made = await pipeline.apply("--plan", str(plan))
    assert (made.code, "nothing was changed" in made.err, "tenant acme is new" in made.out) == (0, True, True)
    pipeline.write(acme=OTHER)  # what is in the folder by now does not matter
    assert (await pipeline.run("--plan", str(plan))).code == 0
    [only] = await pipeline.history("acme")
    assert only["source_ref"] == "c1"

    again = await pipeline.run("--plan", str(plan))
    assert (again.code, "tenant acme has moved" in again.err) == (2, True)
    assert len(await pipeline.history("acme")) == 1


async def test_of_two_pipelines_that_race_one_exits_with_2_and_changes_nothing(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    pipeline.write(acme=SMALL, globex=GLOBEX)
    await pipeline.done()
    plans = [tmp_path / "one.json", tmp_path / "two.json"]
    for plan, text in zip(plans, (OTHER, "# two\n" + SMALL), strict=True):
        pipeline.write(acme=text, globex=f"# {plan.name}\n{GLOBEX}")
        assert (await pipeline.apply("--plan", str(plan), ref=plan.name)).code == 0

    first, second = await pipeline.run("--plan", str(plans[0])), await pipeline.run("--plan", str(plans[1]))
    assert (first.code, second.code) == (0, 2)
    assert "it was planned of version 1, and by now version 2 is active" in second.err
    for tenant in ("acme", "globex"):
        assert [one["source_ref"] for one in await pipeline.history(tenant)] == ["one.json", "c1"]


async def test_what_another_source_applies_is_refused_until_it_is_taken_over(pipeline: Pipeline) -> None:
    pipeline.write(acme=SMALL)
    await pipeline.done()
    other = replace(pipeline, source="github.com/acme/other")
    pipeline.write(acme=OTHER)
    refused(await other.apply(), 1, "applied from github.com/acme/alerts", "add --take-over")

    file = str(pipeline.folder / "acme.yaml")
    refused(await pipeline.command("tenant", "apply", file), 1, "this change comes by hand")
    by_hand = await pipeline.command("tenant", "apply", file, "--take-over")
    assert by_hand.code == 0, by_hand.err

    pipeline.write(acme=SMALL)
    refused(await pipeline.apply(), 1, "is applied by hand")
    assert (await pipeline.done("--take-over"))["acme"]["outcome"] == "done"


async def test_only_what_this_source_applied_is_pruned_and_only_if_asked(pipeline: Pipeline) -> None:
    pipeline.write(acme=SMALL, globex=GLOBEX)
    await pipeline.done()
    other = replace(pipeline, source="other")
    other.write(initech=SMALL.replace("acme", "initech"))
    await other.done()

    pipeline.write(acme=SMALL)
    assert list(await pipeline.done()) == ["acme"]
    pruned = await pipeline.done("--prune")
    assert {name: (one["step"], one["outcome"]) for name, one in pruned.items()} == {
        "acme": ("unchanged", "unchanged"), "globex": ("remove", "done")
    }  # fmt: skip

    async def is_gone() -> bool:
        return "globex" not in (await pipeline.command("tenant", "list")).out

    await eventually(is_gone)
    assert await pipeline.done("--prune") == await pipeline.done()


async def test_a_mistake_in_any_file_changes_nothing(pipeline: Pipeline) -> None:
    pipeline.write(acme=SMALL, globex=GLOBEX.replace("receiver: default", "receiver: defualt"))
    refused(await pipeline.apply(), 2, "globex.yaml:5:13: ")
    shown = await pipeline.command("tenant", "show", "acme")
    assert shown.code == 1


async def test_a_tenants_own_pipeline_applies_its_rules_and_nothing_of_others(api: Asking, tmp_path: Path) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    key = {"SERVER": api.url, "TOKEN": await api.key("editor", "acme")}
    pipeline = Pipeline(tmp_path / "tenants", key)
    pipeline.write(acme=RULES)
    assert (await pipeline.done("--take-over"))["acme"]["outcome"] == "done"
    pipeline.write(acme=RULES, globex=GLOBEX)
    refused(await pipeline.apply("--take-over"), 1, "there is no tenant 'globex' that you may read")


async def test_a_plan_is_for_one_installation(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline.write(acme=SMALL)
    plan = tmp_path / "plan.json"
    await pipeline.apply("--plan", str(plan))
    elsewhere = {"SERVER": "https://staging.example.com", "TOKEN": "ark_x"}
    refused(await fed(b"", "apply", "--plan", str(plan), **elsewhere), 2, "the plan was made for")


async def test_git_names_source_and_commit(pipeline: Pipeline) -> None:
    pipeline.write(acme=SMALL)
    for command in ("init -q", "remote add origin https://ana:secret@git.example.com/acme/alerts.git", "add .",
                    "-c user.name=ana -c user.email=ana@example.com commit -qm first"):  # fmt: skip
        subprocess.run(["git", "-C", str(pipeline.folder), *command.split()], check=True)  # noqa: ASYNC221
    assert (await pipeline.run(str(pipeline.folder))).code == 0
    [one] = await pipeline.history("acme")
    assert (one["from"], len(one["source_ref"])) == ("git.example.com/acme/alerts", 40)


@pytest.mark.parametrize(("arguments", "printed"), [
    ("", "name a folder"),
    ("--plan plan.json --prune", "name a folder"),
    ("/nowhere", "is not a folder"),
    ("--plan /nowhere", "cannot be read"),
    (". --source-ref c1", "--source"),
])  # fmt: skip
async def test_wrong_usage_is_refused_before_anything_is_asked(arguments: str, printed: str) -> None:
    refused(await fed(b"", "apply", *arguments.split()), 2, printed)
