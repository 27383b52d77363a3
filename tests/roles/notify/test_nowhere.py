"""What goes nowhere is sent nowhere, and is still there: it inhibits others, and its books balance."""

from typing import Final

import pytest

from router.config import stored
from router.config.read import read_document
from tests.adapters.builders import ACME
from tests.roles.builders import a_record, a_resolve, an_alert
from tests.roles.storms import balanced, go_on
from tests.roles.worker import Site, Worker, a_worker

TEXT: Final = """\
version: 1
tenant: acme
platform: {slack: {token: {secret: slack}}}
route:
  receiver: default
  routes: [{matchers: ['alertname="Down"'], receiver: "null"}]
receivers:
  - {name: default, slack: {channel: C0123456}}
  - {name: "null"}
inhibit_rules: [{source_matchers: ['alertname="Down"'], target_matchers: ['alertname!="Down"']}]
"""


@pytest.fixture
async def worker() -> Worker:
    """A tenant that is not notified of what holds others back."""
    site = Site()
    await site.open(ACME, stored.dump(read_document(TEXT, "acme"), TEXT))
    return await a_worker(site)


async def test_what_goes_nowhere_holds_others_back_until_it_ends(worker: Worker) -> None:
    site = worker.site
    await worker.take(a_record(an_alert("Down"), group="cause"), a_record(an_alert("B"), group="effect"))
    await go_on(worker, 60)
    assert site.slack.messages == {}

    await worker.take(a_record(a_resolve("Down", ended=site.clock.time), group="cause", received=site.clock.time))
    await go_on(worker, 60)

    assert [message.text for message in site.slack.messages.values()] == ["B firing"]
    books = await balanced(site)
    assert (books["suppressed:no_destination"], books["notified"], books["pending"]) == (2, 1, 0)
