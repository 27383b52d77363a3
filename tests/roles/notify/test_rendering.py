"""Rendering: in the receiver's language; in plain words where that fails; and an alert arrives all the same."""

import pytest

from router.adapters.locale.catalogue import Catalogue
from router.core.model.rules.receiver import Layout
from router.core.render.localizer import Localizer
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage
from router.roles.notify import rendering as module
from router.roles.notify.rendering import Rendering
from tests.adapters.builders import ACME, NOON
from tests.catalogue import CATALOGUE
from tests.roles.builders import a_document
from tests.roles.worker import Worker


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return CATALOGUE


class Broken:
    """Localizations that are not there."""

    def localizer(self, locale: str, time_zone: str, layout: Layout) -> Localizer:
        raise LookupError(locale)


def fail(request: RenderRequest) -> SlackMessage:
    raise ZeroDivisionError


def failures(worker: Worker) -> float:
    return float(worker.metrics.render_failures._value.get())


@pytest.mark.parametrize(("locale", "word"), [("en", "FIRING"), ("fr", "EN COURS"), ("de", "AKTIV")])
async def test_a_message_is_in_the_receivers_language(
    worker: Worker, catalogue: Catalogue, locale: str, word: str
) -> None:
    await worker.site.tenants.publish(ACME, a_document(receivers=f"locale: {locale}"))
    await worker.tenants.load()

    message = Rendering(catalogue, worker.metrics).render(await worker.claim(), NOON)

    assert message is not None
    assert word in message.text
    assert failures(worker) == 0


async def test_where_the_message_fails_a_plain_one_is_sent_and_it_is_counted(
    worker: Worker, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "render", fail)

    message = Rendering(catalogue, worker.metrics).render(await worker.claim(), NOON)

    assert message is not None
    assert "A" in message.text
    assert (message.blocks, message.attachments) == ((), ())
    assert failures(worker) == 1


async def test_where_that_fails_too_there_is_no_message(worker: Worker) -> None:
    assert Rendering(Broken(), worker.metrics).render(await worker.claim(), NOON) is None

    assert failures(worker) == 2
