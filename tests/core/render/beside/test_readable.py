"""What nobody may read relates nothing and names nobody, and is counted all the same."""

import pytest

from router.core.context.context import Context
from router.core.context.related import Related, RelatedGroup
from router.core.model.rules.appearance import Redaction
from router.core.render.beside.surroundings import readable
from router.core.render.redaction import Redactor

BY_TEAM = Related("team", "db", (RelatedGroup("Disk", 2), RelatedGroup("Queue of K-1234", 3)), more=1)
BY_CUSTOMER = Related("customer", "K-1234", (RelatedGroup("Disk", 2),))
BY_CUSTOMER_HIDDEN = Related("customer", "K-1234", (), more=2)


@pytest.mark.parametrize(
    ("redactor", "shown"),
    [
        (Redactor(), (BY_TEAM, BY_CUSTOMER)),
        (
            Redactor(Redaction(labels=frozenset({"customer"})), frozenset({"K-1234"})),
            (Related("team", "db", (RelatedGroup("Disk", 2),), more=4),),
        ),
        (
            Redactor(Redaction(labels=frozenset({"alertname"}))),
            (Related("team", "db", (), more=6), BY_CUSTOMER_HIDDEN),
        ),
    ],
    ids=["nothing is hidden", "a value", "names"],
)
def test_what_is_hidden_is_counted_alone(redactor: Redactor, shown: tuple[Related, ...]) -> None:
    assert readable(Context(related=(BY_TEAM, BY_CUSTOMER)), redactor).related == shown
