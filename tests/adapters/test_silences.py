"""A silence that is damaged in Redis, or of a later form, silences nothing and costs the tenant nothing else."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection
from router.adapters.redis.silences import SilenceRepository, write_silence
from router.adapters.redis.tenants import TenantRepository
from router.core.match.matcher import parse_matchers
from router.core.model.instant import HOUR, Instant
from router.core.model.rules.silence import Silence
from tests.adapters.builders import ACME

DAMAGED = [
    "", "[", "[]", "1", '"x"', "{}", '{"v":2}',
    '{"v":1,"from":0,"to":1,"by":"a","why":"b","sets":[[["a","=~","("]]]}',
    '{"v":1,"from":0,"to":1,"by":"a","why":"b","sets":[[["a","~","b"]]]}',
    '{"v":1,"from":0,"to":1,"by":"a","why":"b","sets":[[["a","="]]]}',
    '{"v":1,"from":0,"to":1,"by":"a","why":"b","sets":[["a","="],"a"]}',
    '{"v":1,"from":0,"to":1,"by":"a","why":"b","sets":[]}',
    '{"v":1,"from":0,"to":1,"by":"a","why":"b","sets":[[["a","=","b"]],[]]}',
    '{"v":1,"from":0,"to":1,"by":1,"why":"b","sets":[[["a","=","b"]]]}',
    '{"v":1,"from":0,"to":1,"by":"a","why":"b","sets":[[["a","=",1]]]}',
    '{"v":1,"from":"soon","to":1,"by":"a","why":"b","sets":[[["a","=","b"]]]}',
    '{"v":1,"from":0,"to":1e999,"by":"a","why":"b","sets":[[["a","=","b"]]]}',
    '{"v":1,"from":0,"to":999999999999999999999,"by":"a","why":"b","sets":[[["a","=","b"]]]}',
    "[" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
async def test_one_that_cannot_be_read_is_logged_and_the_others_hold(redis: Connection, raw: Any, text: str) -> None:
    tenants = TenantRepository(redis)
    await tenants.publish(ACME, "a")
    now = await redis.now()
    good = Silence("good", (parse_matchers("a=b"),), now, Instant(now + HOUR), "ana", "why")
    await raw.hset(keys.tenant_key(ACME, "silences"), mapping={"bad": text, "good": write_silence(good)})

    with capture_logs() as logs:
        alone = await tenants.active(ACME)
        many = {tenant: one async for some in tenants.active_of([ACME]) for tenant, one in some.items()}
        listed = await SilenceRepository(redis).all_of(ACME)

    assert alone is not None
    assert alone.silences == (good,)
    assert (many[ACME], listed) == (alone, [good])
    assert {(one["event"], one["tenant"], one["silence"]) for one in logs} == {("silence_unreadable", ACME, "bad")}
