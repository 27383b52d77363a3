"""What a message leaves out since it is held back: how many, by whom, until when, in every language."""

import pytest

from router.core.model.instant import NEVER
from router.core.model.muted import Muted, MutedBy
from router.core.render.prose.held import held_texts
from tests.catalogue import CATALOGUE
from tests.core.builders import at

SILENCED = Muted(MutedBy.SILENCED, "s1", at(0), "ana", "replacing the disk")
INHIBITED = Muted(MutedBy.INHIBITED, "cluster-down")
AT_NIGHT = Muted(MutedBy.MUTE_TIME_INTERVAL, "nights", at(0))
WHEN = CATALOGUE.localizer("en", "UTC").moment(at(0))


def texts(*held: Muted, language: str = "en") -> list[str]:
    return list(held_texts(held, CATALOGUE.localizer(language, "UTC")))


def test_each_reason_counts_its_alerts_the_most_first() -> None:
    assert texts(INHIBITED, SILENCED, SILENCED) == [
        f"+2 silenced by ana until {WHEN}",
        "+1 inhibited by cluster-down",
    ]


@pytest.mark.parametrize(
    ("muted", "text"),
    [
        (AT_NIGHT, f"+1 muted until {WHEN}"),
        (Muted(MutedBy.ACTIVE_TIME_INTERVAL, "office hours", NEVER), "+1 muted"),
    ],
)
def test_a_time_is_named_where_it_is_known(muted: Muted, text: str) -> None:
    assert texts(muted) == [text]


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        ("fr", "+1 inhibée par cluster-down", "+2 inhibées par cluster-down"),
        ("de", "+1 durch cluster-down unterdrückt", "+2 durch cluster-down unterdrückt"),
        ("es", "+1 inhibida por cluster-down", "+2 inhibidas por cluster-down"),
        ("it", "+1 inibita da cluster-down", "+2 inibite da cluster-down"),
    ],
)
def test_it_agrees_in_number(language: str, one: str, several: str) -> None:
    assert texts(INHIBITED, language=language) == [one]
    assert texts(INHIBITED, INHIBITED, language=language) == [several]


def test_silences_of_one_person_are_one_phrase_with_the_latest_end() -> None:
    mine = [Muted(MutedBy.SILENCED, f"s{number}", at(number), "ana") for number in range(9)]

    assert texts(*mine) == [f"+9 silenced by ana until {CATALOGUE.localizer('en', 'UTC').moment(at(8))}"]


def test_of_very_many_three_are_named_and_the_others_counted() -> None:
    named = [Muted(MutedBy.INHIBITED, f"rule-{number % 50}") for number in range(150)]

    *three, others = texts(*named)
    assert [text.partition(" ")[0] for text in three] == ["+3", "+3", "+3"]
    assert others == "+141 muted"


def test_names_are_no_markup() -> None:
    [text] = texts(Muted(MutedBy.SILENCED, "s1", at(0), "<!channel> *ana*"))

    assert "<!channel>" not in text
