"""`tenant validate` and `tenant apply` try the templates of a file on samples before they take it."""

from pathlib import Path

import pytest

from router.adapters.redis.connection import Connection
from tests.cli.running import run
from tests.config.samples import SMALL

BAD = SMALL + 'templates: [{name: ours, parts: {title: "{{ labels }}"}}]\n'
FOUND = "11:41: templates[0].parts.title: cannot be printed for the sample `firing` in en: a list cannot be printed"


@pytest.mark.parametrize("command", ["validate", "apply"])
async def test_a_template_that_fails_on_a_sample_is_refused(
    command: str, engine: str, redis: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(BAD, encoding="utf-8")

    done = await run("tenant", command, str(file), REDIS__URL=engine)

    assert (done.code, done.out) == (2, "")
    assert f"{file}:{FOUND}" in done.err
