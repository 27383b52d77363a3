"""A stored version is what was applied, and nothing else is taken for one."""

import json

import pytest

from router.config.read import read_document
from router.config.stored import dump, load, pool_of, shard_size_of
from router.core.pool import SHARED
from router.errors import ConfigurationError
from tests.config.samples import EXAMPLE, SMALL, changed

TEXT = dump(read_document(SMALL, "a"), SMALL)


@pytest.mark.parametrize(
    "source",
    [
        EXAMPLE,
        SMALL,
        changed("receiver: oncall", "group_by: [], group_wait: 0, continue: true"),
        changed("receiver: oncall", "group_by: ['...'], matchers: []").replace("""matchers: ['a="b"'], """, ""),
        changed("acme", "acme   # naïve 😀 “comment”"),
    ],
)
def test_a_stored_document_is_read_back_exactly(source: str) -> None:
    document = read_document(source, "acme.yaml")

    stored = load(dump(document, source))

    assert (stored.document, stored.source_text) == (document, source)
    assert dump(stored.document, stored.source_text) == dump(document, source)


def test_defaults_are_written_out() -> None:
    """A program with other defaults must not change what a version means."""
    document = json.loads(TEXT)["document"]

    assert document["platform"]["limits"]["inbound"] == {"rate": "1000/s", "burst": 5000}
    assert document["receivers"][0]["slack"] == {
        "channel": "#alerts",
        "mention": [],
        "send_resolved": True,
        "on_change": "thread",
        "template": "default",
        "chart": True,
    }


def test_the_form_is_the_one_other_programs_read() -> None:
    stored = json.loads(TEXT)

    assert set(stored) == {"v", "document", "source"}
    assert (stored["v"], stored["source"]) == (1, SMALL)
    assert stored["document"]["route"]["routes"][0]["continue"] is False


NO_OBJECT = "not a JSON object; apply the document again"
NO_SOURCE = "its source text is missing; apply the document again"
NO_RECEIVER = "route.routes[0].receiver: `oncall` is not among the receivers; there are default, off"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (TEXT.replace('{"v":1,', '{"v":2,'), "schema 2 is not 1; run the program that wrote it"),
        (TEXT.replace('{"v":1,', "{"), "schema None is not 1; run the program that wrote it"),
        ("", NO_OBJECT),
        ("[1]", NO_OBJECT),
        ("[" * 100_000, NO_OBJECT),
        (TEXT[:-1], NO_OBJECT),
        ('{"v":1,"source":""}', "the document is empty; begin with version: 1"),
        (TEXT.replace('"source"', '"sauce"'), NO_SOURCE),
        (TEXT.replace('"locale":"en"', '"local":"en"'), "local: unknown, did you mean `locale`?"),
        (TEXT.replace('"name":"oncall"', '"name":"off"'), NO_RECEIVER),
    ],
)
def test_anything_else_is_refused(text: str, finding: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(text)

    assert str(caught.value) == f"stored configuration: {finding}"


def test_the_pool_of_a_stored_document_is_known_without_reading_the_rest_of_it() -> None:
    named = dump(read_document(changed("platform: {", "platform: {pool: gold, "), "a"), SMALL)

    assert pool_of(named) == "gold"
    assert pool_of(TEXT) == SHARED


@pytest.mark.parametrize(
    "text",
    ['"pool":"gold"', '{"document":{"pool":"gold"}}', '{"document":{"platform":{"pool":"a b"}}}',
     '{"document":{"platform":["pool"]},"pool":"gold"}', '{"document":{"platform":{"pool":"shared"}}}'],
)  # fmt: skip
def test_what_is_no_pool_in_a_stored_text_is_the_shared_one(text: str) -> None:
    assert pool_of(text) == SHARED


def test_the_shard_of_a_stored_document_is_known_without_reading_the_rest_of_it() -> None:
    named = dump(read_document(changed("platform: {", "platform: {shard: 2, "), "a"), SMALL)

    assert shard_size_of(named) == 2
    assert shard_size_of(TEXT) is None


@pytest.mark.parametrize(
    "text",
    ['"shard":2', '{"document":{"shard":2}}', '{"document":{"platform":{"shard":0}}}',
     '{"document":{"platform":{"shard":true}}}', '{"document":{"platform":{"shard":"2"}}}'],
)  # fmt: skip
def test_what_is_no_shard_in_a_stored_text_is_none(text: str) -> None:
    assert shard_size_of(text) is None


@pytest.mark.parametrize("size", ["0", "1000", "-1"])
def test_a_shard_has_a_partition_or_more(size: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_document(changed("platform: {", f"platform: {{shard: {size}, "), "acme.yaml")

    assert str(caught.value) == (
        f"acme.yaml:3:19: platform.shard: {size} is out of range; a shard has 1 to 999 partitions"
    )
